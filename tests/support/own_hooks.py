"""In: how a hook of one's own misbehaves. Out: a folder with it, and a database with a claim bound to it."""

from __future__ import annotations

from pathlib import Path

from kb.records import Item, ItemKind
from kb.store.writing import writing
from tests.support.threads import derived, item, message

CLAIM = "The count is even."

GOOD = '''
"""Says whether a number is even."""
from dataclasses import dataclass
from kb.records import Evidence, Outcome, Strength, Verdict

@dataclass(frozen=True)
class Even:
    """`number` can be halved."""
    number: int = 2
    marks: tuple[str, ...] = ("a",)

KINDS = (Even,)
EVIDENCE = "arithmetic"

def decide(predicate, facts):
    verdict = Verdict.REFUTED if predicate.number % 2 else Verdict.VERIFIED
    return Outcome(verdict, Strength.EXACT, f"{predicate.number} is looked at.")
'''
"""A hook that does what it should."""

BINDING = """
[[binding]]
message_id = "m0@example.org"
quote = "The count is even."
who = "a tester"
why = "It says so."
predicate = {{ kind = "Even", number = {number} }}
"""


def with_body(*lines: str) -> str:
    """The good hook, with these lines before what `decide` does."""
    head, _, tail = GOOD.partition("    verdict = ")
    return head + "".join(f"    {line}\n" for line in lines) + "    verdict = " + tail


def write_hook(folder: Path, content: str = GOOD, *, name: str = "even.py") -> Path:
    """`folder` with a hook in it."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return folder


def write_binding(path: Path, number: int = 2) -> Path:
    """A bindings file that binds the claim to the hook's kind."""
    path.write_text(BINDING.format(number=number), encoding="utf-8")
    return path


def claim_base(path: Path, *more: str) -> tuple[Path, dict[str, Item]]:
    """A database with the claim that is bound, and claims with the words in `more`, each in the same mail."""
    mail = message(0, "\n\n".join((CLAIM, *more)) + "\n")
    named = {words: item(ItemKind.CLAIM, mail, words) for words in (CLAIM, *more)}
    with writing(path) as writer:
        writer.add_thread(derived([mail], list(named.values())))
    return path, named
