"""In: what migration does with a folio under writeback, and what stops the retries. Out: the model of memory offlining.

Offlining must empty a range of memory, so it calls migration again and again; it is the caller that does not give up.
"""

from __future__ import annotations

from sim_hooks.guarded import System
from sim_hooks.models.migration import ASSUMPTIONS, MALICIOUS, POLICY, migration
from sim_hooks.models.spec import ModelSpec, Parameter, Setting


def build(setting: Setting) -> System:
    """The system for a complete setting of `SPEC`."""
    return migration(
        caller="offlining",
        policy=setting["policy"],
        passes=setting["bound"] or None,
        malicious=setting["malicious"],
        signal=setting["signal"],
    )


SPEC = ModelSpec(
    "offline",
    "memory offlining retries the migration of a folio whose server may stop answering",
    (
        POLICY,
        Parameter(
            "bound",
            0,
            "passes before a folio is given up, 0 for never",
            least=0,
            most=50,
            said=("retries without a bound", "one pass", "at most {} passes"),
        ),
        Parameter(
            "signal",
            False,
            "a person sends a signal sooner or later; it is looked at between two passes",
            said=("nobody sends a signal", "a person sends a signal sooner or later"),
        ),
        MALICIOUS,
    ),
    (*ASSUMPTIONS, "the range holds nothing else that cannot be moved"),
    build,
)
