"""In: nothing. Out: the words of the design that have a fixed set of values: kinds, states, relations, verdicts.

Each value is the word that commands, files and the database show.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ItemKind(StrEnum):
    """The four kinds of item; `gold/GUIDE.md` defines them."""

    CLAIM = "claim"
    QUESTION = "question"
    DECISION = "decision"
    ACTION = "action"


class State(StrEnum):
    """Where an item stands; `STATES` says which state belongs to which kind."""

    UNCONTESTED = "uncontested"
    SUPPORTED = "supported"
    DISPUTED = "disputed"
    REFUTED = "refuted"
    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    DONE = "done"


STATES: Mapping[ItemKind, tuple[State, ...]] = {
    ItemKind.CLAIM: (State.UNCONTESTED, State.SUPPORTED, State.DISPUTED, State.REFUTED),
    ItemKind.QUESTION: (State.OPEN, State.ANSWERED, State.DROPPED),
    ItemKind.DECISION: (State.PROPOSED, State.ACCEPTED, State.REJECTED, State.SUPERSEDED),
    ItemKind.ACTION: (State.OPEN, State.DONE, State.DROPPED),
}
"""The states of each kind; the first is where an item starts."""


class Relation(StrEnum):
    """The typed edges between items: `source` RELATION `target`."""

    ANSWERS = "answers"
    SUPPORTS = "supports"
    DISPUTES = "disputes"
    REFUTES = "refutes"
    ACCEPTS = "accepts"
    REJECTS = "rejects"
    SUPERSEDES = "supersedes"
    REFINES = "refines"
    MOTIVATES = "motivates"
    FULFILS = "fulfils"


class ZoneKind(StrEnum):
    """What a stretch of a body is; every character of a body lies in exactly one zone."""

    OWN = "own"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    DIFF = "diff"
    CODE = "code"
    TABLE = "table"
    TRACE = "trace"
    TRAILER = "trailer"
    SIGNATURE = "signature"


class Verdict(StrEnum):
    """What a check showed. What could not run is never a refutation."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    PARTLY = "partly"
    INCONCLUSIVE = "inconclusive"
    NOT_RUN = "not-run"
    ERROR = "error"


class Strength(StrEnum):
    """How far a verdict reaches; weaker kinds say less about the real kernel."""

    EXACT = "exact"
    """Arithmetic on the figures given, by intervals."""
    EDGE = "edge"
    """Each single call exists in the source."""
    PATH = "path"
    """A path of calls exists in the source, whatever the constants."""
    CONSTANT_SENSITIVE = "constant-sensitive"
    """A path exists, or none does, for the constant arguments given."""
    CLOSED_WORLD = "closed-world"
    """The whole tree was looked through."""
    EXHAUSTIVE = "exhaustive"
    """Every state of the model was explored."""
    BOUNDED = "bounded"
    """Explored up to a bound: no counterexample within it."""
    SIMULATED = "simulated"
    """Runs in simulated time with given parameters."""
    NONE = "none"
    """Nothing was shown."""


class SourceKind(StrEnum):
    """The ways in which mail is had."""

    LORE = "lore"
    """An archive on the web, by liblore; the address is a Message-ID or a URL."""
    FILE = "file"
    """An mbox, a mail, or what a patchwork server gave, in a file."""
    MAILDIR = "maildir"
    PUBLICINBOX = "publicinbox"
    """A git repository of public-inbox."""
    STDIN = "stdin"
    """Standard input, which cannot be asked again."""
