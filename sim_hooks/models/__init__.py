"""In: nothing. Out: the models by name, built when asked for.

A model is added here by one import and one entry; nothing registers itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim_hooks.models import migration, offline, reclaim, selfsync, sync, timeouts
from sim_hooks.models.spec import ModelSpec, TimedSpec


def models() -> Mapping[str, ModelSpec]:
    """The models that are explored state by state."""
    return {spec.name: spec for spec in (reclaim.SPEC, sync.SPEC, migration.SPEC, offline.SPEC, selfsync.SPEC)}


def timed_models() -> Mapping[str, TimedSpec]:
    """The models that run in simulated time."""
    return {spec.name: spec for spec in (timeouts.SPEC,)}
