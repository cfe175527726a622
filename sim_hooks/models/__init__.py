"""In: nothing. Out: the models by name, built when asked for.

A model is added here by one import and one entry; nothing registers itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim_hooks.models import callsite, migration, offline, reclaim, selfsync, splice, sync, timeouts
from sim_hooks.models.spec import ModelSpec, TimedSpec


def models() -> Mapping[str, ModelSpec]:
    """The models that are explored state by state."""
    families = (reclaim.SPEC, sync.SPEC, migration.SPEC, callsite.spec(), offline.SPEC, selfsync.SPEC, splice.SPEC)
    return {spec.name: spec for spec in families}


def timed_models() -> Mapping[str, TimedSpec]:
    """The models that run in simulated time."""
    return {spec.name: spec for spec in (timeouts.SPEC,)}
