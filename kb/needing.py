"""In: a reader, when each thread was last looked at. Out: every thread with what needs attention in it.

Five queries over indexes whatever the number of threads; a thread's counts are summed here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.attention import ThreadNeeds
from kb.reading import Reader
from kb.records import ItemKind, State, Verdict

_DECIDED = (Verdict.VERIFIED, Verdict.REFUTED, Verdict.PARTLY)


@dataclass(frozen=True, slots=True)
class Looks:
    """Until when news were seen, ISO 8601 in UTC as the database writes it: of all threads, and of each later one."""

    all: str = ""
    threads: Mapping[str, str] = field(default_factory=dict)

    def of(self, thread: str) -> str:
        """Until when the news of a thread were seen."""
        return max(self.all, self.threads.get(thread, ""))

    def later(self, other: Looks) -> Looks:
        """Whichever of the two is later, for each thread; what `all` covers is left out."""
        every = max(self.all, other.all)
        names = self.threads.keys() | other.threads.keys()
        held = {name: max(self.of(name), other.of(name)) for name in sorted(names)}
        return Looks(every, {name: at for name, at in held.items() if at > every})


def threads_needing(reader: Reader, looks: Looks) -> tuple[ThreadNeeds, ...]:
    """Every thread, last written first."""
    states: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in reader.ask("thread_states"):
        states[row["thread_id"]][row["kind"], row["state"]] = row["number"]
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in reader.ask("thread_verdicts"):
        verdicts[row["thread_id"]][row["verdict"]] = row["number"]
    objections = {row["thread_id"]: row["number"] for row in reader.ask("thread_objections")}
    new = news(reader, looks)
    out = []
    for row in reader.ask("thread_heads"):
        own, held, came = row["id"], states[row["id"]], verdicts[row["id"]]
        claims = sum(number for (kind, _), number in held.items() if kind == ItemKind.CLAIM)
        out.append(
            ThreadNeeds(
                **dict(row),
                items=held.total(),
                open_questions=held[ItemKind.QUESTION, State.OPEN],
                objections=held[ItemKind.CLAIM, State.DISPUTED] + objections.get(own, 0),
                open_actions=held[ItemKind.ACTION, State.OPEN],
                refuted=came[Verdict.REFUTED],
                unverified=claims - sum(came[verdict] for verdict in _DECIDED),
                new=new[own],
            )
        )
    return tuple(out)


def news(reader: Reader, looks: Looks) -> Counter[str]:
    """How many changes each thread has had since it was looked at."""
    out: Counter[str] = Counter()
    if reader.ask("has_table", name="journal"):
        for row in reader.ask("thread_news", since=looks.all):
            if row["at"] > looks.of(row["thread_id"]):
                out[row["thread_id"]] += row["number"]
    return out


def last_written(reader: Reader) -> str:
    """When mail or a check last changed something; "" for never. Who has seen all until now has seen until then."""
    if not reader.ask("has_table", name="journal"):
        return ""
    return str(reader.ask("last_written")[0]["at"])
