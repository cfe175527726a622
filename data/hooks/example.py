"""Recomputes how much memory so many pages are, as in "256 pages are 1 MiB"."""

import re
from dataclasses import dataclass

from kb.records import Outcome, Strength, Verdict
from sim_hooks.readers.wording import Binding


@dataclass(frozen=True)
class PagesAre:
    """So many `pages` of `page_size` bytes are `mib` MiB."""

    pages: int
    mib: int
    page_size: int = 4096


KINDS = (PagesAre,)
EVIDENCE = "arithmetic"


def decide(predicate, facts):
    real = predicate.pages * predicate.page_size / 2**20
    verdict = Verdict.VERIFIED if real == predicate.mib else Verdict.REFUTED
    return Outcome(verdict, Strength.EXACT, f"{predicate.pages} pages are {real:g} MiB.")


def bind(item):
    for found in re.finditer(r"(\d{1,9}) pages (?:is|are) (\d{1,9}) MiB", item.quote.text):
        yield Binding(PagesAre(int(found[1]), int(found[2])), 0.9, "the words give pages and MiB")
