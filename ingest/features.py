"""In: a candidate with the reading of its block and where it stands in the conversation. Out: its features, as names.

Names of features hold only what `Reading.words` gives: lower-case dictionary words as the tagger sees them, no
identifiers, no names of people or products, no figures. Names that depend on few values are kept in caches: the
candidates of a block differ in few of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ingest import feature_names
from ingest.clauses import Candidate
from ingest.cue_rules import Wording, found_cues
from ingest.feature_names import Names
from ingest.reading import Reading
from ingest.sentences import Block


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a block stands: in its message and in the conversation."""

    first_message: bool
    """It starts the thread."""
    patch: bool
    """Its message is a patch or a cover letter, and no reply."""
    by_starter: bool
    """Who started the thread writes."""
    own_parent: bool
    """The author answers themself."""
    last: bool
    """It is the message's last block."""
    blocks: int
    """Blocks of the message."""
    under: str
    """The passage that it answers, white space folded; empty if none."""
    under_starter: bool
    """Who started the thread wrote that passage."""


def _bin(number: int, edges: Sequence[int]) -> int:
    return bisect_right(edges, number)


class Features:
    """The features of the candidates of one block."""

    def __init__(self, reading: Reading, block: Block, setting: Setting) -> None:
        self._reading, self._block, self._setting = reading, block, setting
        self._kinds = Wording("kinds", block.text)
        self._stances = Wording("stances", block.text)
        self._asked = setting.under.rstrip(" \"')").endswith("?")
        under = found_cues("kinds", setting.under[-600:]) if setting.under else ()
        self._under = tuple(sorted({cue.kind for cue in under}))
        self._places: dict[tuple[int, bool, int, Names], Names] = {}

    def of(self, candidate: Candidate, *, sentence: int) -> list[str]:
        """Each feature of `candidate`, a short name, once; `sentence` is the number of its first sentence."""
        text = self._block.text[candidate.start : candidate.end]
        shape = "whole" if candidate.sentences == 1 else "part" if candidate.sentences == 0 else "many"
        cues = [f"cue:{cue.name}" for cue in self._kinds.found(candidate.start, candidate.end)]
        stances = tuple(
            dict.fromkeys(f"stance:{cue.kind}" for cue in self._stances.found(candidate.start, candidate.end))
        )
        names = chain(
            ("bias",),
            self._shape(candidate, text),
            self._wording(candidate),
            self._grammar(candidate),
            cues,
            stances,
            (f"{shape}&{name}" for name in cues),
            self._place(candidate, stances, sentence),
        )
        return list(dict.fromkeys(names))

    def _shape(self, candidate: Candidate, text: str) -> Iterator[str]:
        reading, tokens = self._reading, self._reading.tokens
        first, last = candidate.first, candidate.last
        size, part = _bin(last - first, (2, 3, 5, 8, 12, 18, 26, 36, 50)), candidate.sentences == 0
        yield from feature_names.shapes(size, candidate.sentences, candidate.atoms, candidate.before, candidate.after)
        yield f"ends={tokens.words[last - 1] if tokens.punctuation[last - 1] else 'word'}&part={part}"
        if text.count("(") != text.count(")"):
            yield "parentheses open"
        if self._block.text[max(candidate.start - 1, 0)] == "(":
            yield "in parentheses"
        if part:
            yield from self._outside(first, last, size)
        names = reading.named[last] - reading.named[first]
        if names:
            yield from (f"names {sort}" for sort in sorted({sort for sort in reading.sorts[first:last] if sort}))
        yield f"names={min(names, 4)}"

    def _outside(self, first: int, last: int, size: int) -> Names:
        """What is said of the rest of the parser's sentence."""
        finite = self._reading.finite
        begins, ends = self._reading.tokens.sentences[first]
        inside = (max(first, begins), min(last, ends))
        rest = ends - begins - (inside[1] - inside[0])
        verbs = finite[ends] - finite[begins] - (finite[inside[1]] - finite[inside[0]])
        return feature_names.outsides(_bin(rest, (2, 4, 7, 12, 20)), size, verbs > 0)

    def _wording(self, candidate: Candidate) -> Iterator[str]:
        reading = self._reading
        words, starts = reading.words, reading.tokens.starts
        first, last = candidate.first, candidate.last
        yield from reading.single[first:last]
        yield from reading.double[first : last - 1]
        start = min(max(first, bisect_left(starts, candidate.start)), last - 1)
        opening = slice(start, min(start + 3, last))
        yield from feature_names.openings(words[opening], reading.tokens.tags[opening], candidate.sentences == 0)
        yield f"-1:{words[last - 1]}"
        if first:
            yield f"prev:{words[first - 1]}"
        if last < len(words):
            yield f"next:{words[last]}"
        if last - first <= 4:
            yield f"short:{' '.join(w for w in words[first:last] if w.isalpha())}"

    def _grammar(self, candidate: Candidate) -> Iterator[str]:
        reading, tokens = self._reading, self._reading.tokens
        first, last = candidate.first, candidate.last
        part = candidate.sentences == 0
        head = reading.head(first, last)
        below = tokens.children[head]
        inside = [at for at in below if first <= at < last]
        subject = reading.subject(head, first, last)
        modals = [tokens.lower[at] for at in reading.modals if first <= at < last]
        own = next((tokens.lower[at] for at in inside if tokens.tags[at] == "MD"), "-")
        negated = any(tokens.deps[at] == "neg" for at in below)
        auxiliary = next((tokens.lower[at] for at in inside if tokens.deps[at] in {"aux", "auxpass"}), "-")
        word, tag, lists = reading.words[head], tokens.tags[head], reading.lists
        yield from feature_names.verbs(word, tag, subject, own, auxiliary, negated)
        yield from (f"has modal={modal}" for modal in modals)
        yield from chain.from_iterable(reading.listed[first:last])
        yield from (f"lex12:{name}" for names in lists[first : min(first + 2, last)] for name in names)
        yield from feature_names.listed_verbs(lists[head], tag, subject, own, auxiliary, negated)
        around = {
            name for at in reading.complements if first <= at < last and reading.hangs(at, head) for name in lists[at]
        }
        if around:
            yield from feature_names.listed_complements(tuple(sorted(around)), word, subject, negated)
        finite = reading.finite[last] - reading.finite[first]
        yield f"finite={min(finite, 4)}"
        yield f"has subject={subject != '-'}&finite={finite > 0}&part={part}"
        yield from sorted(set(filter(None, reading.tagged[first:last])))
        if subject == "-" and tag in {"VB", "VBP"} and head - first <= 2:
            yield "imperative"
        yield f"head dep={tokens.deps[head]}&part={part}"
        if any(first <= at < last for at in reading.asks):
            yield f"asks&subject={subject}"
            yield f"asks&modal={modals[0] if modals else '-'}"
            yield f"asks&1:{reading.words[first]}"

    def _place(self, candidate: Candidate, stances: Names, sentence: int) -> Names:
        block = self._block
        answers = block.opens and sentence == 0 and candidate.before == "sentence"
        size = _bin(candidate.last - candidate.first, (2, 3, 5, 8, 16)) if answers else 0
        shown = stances if answers else ()
        key = (min(sentence, 4), answers, size, shown)
        if key not in self._places:
            self._places[key] = tuple(_places(block, self._setting, *key, self._asked, self._under))
        return self._places[key]


def _places(
    block: Block,
    setting: Setting,
    sentence: int,
    answers: bool,
    size: int,
    stances: Names,
    asked: bool,
    under: Names,
) -> Iterator[str]:
    yield f"sentence no={sentence}"
    yield f"bullet={block.bullet}"
    yield f"opens={block.opens}"
    yield f"block no={_bin(block.number, (1, 2, 4, 8))}"
    yield f"last block={setting.last}"
    yield f"blocks={_bin(setting.blocks, (2, 3, 5, 9, 16))}"
    yield f"last of={_bin(setting.blocks, (2, 3, 5))}&last={setting.last}&opens={block.opens}"
    yield f"patch={setting.patch}"
    yield f"starter={setting.by_starter}"
    yield f"own parent={setting.own_parent}"
    yield f"patch={setting.patch}&sentence={min(sentence, 2)}&block={min(block.number, 2)}"
    yield f"bullet={block.bullet}&patch={setting.patch}"
    if setting.under:
        yield f"under question={asked}"
        yield f"under question={asked}&first={answers}"
        for kind in under:
            yield f"under {kind}"
            if answers:
                yield f"first under {kind}"
                yield from (f"first under {kind}&{stance}" for stance in stances)
        yield f"under starter={setting.under_starter}&starter={setting.by_starter}"
    else:
        yield "under nothing"
    if answers:
        yield f"first of answer&size={size}"
        yield from (f"first of answer&{stance}" for stance in stances)
