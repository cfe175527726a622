"""In: a candidate with its document, its block and where it stands in the conversation. Out: its features, as names.

Names of features hold only what `word_of` gives: lower-case dictionary words as the tagger sees them, no identifiers,
no names of people or products, no figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.clauses import Candidate
from ingest.cue_rules import found_cues, lexicon
from ingest.entities import named
from ingest.sentences import Block

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


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


def word_of(token: Token) -> str:
    """The token as a word that may name a feature: its lemma, or what sort of thing it is."""
    lower = token.lower_
    if token.is_punct or token.is_space:
        return token.text if len(token.text) < 4 else "<mark>"
    if token.like_num:
        return "<number>"
    if not lower.replace("'", "").replace("’", "").replace("-", "").isalpha() or not token.is_ascii:
        return "<name>"
    if token.tag_ in {"NNP", "NNPS"} and not (token.is_sent_start or token.i == 0):
        return "<name>"
    if token.pos_ in {"PRON", "AUX", "DET"} or token.tag_ in {"MD", "VBD", "VBN"}:
        return lower
    return token.lemma_.lower()


@dataclass(frozen=True, slots=True)
class Reading:
    """A block's document with what every candidate in it asks for."""

    doc: Doc
    words: tuple[str, ...]
    tags: tuple[str, ...]
    sorts: tuple[str, ...]
    """For each token the sort of identifier that starts there, or ""."""
    lists: tuple[tuple[str, ...], ...]
    """For each token the word lists that hold it."""

    @classmethod
    def of(cls, doc: Doc) -> Reading:
        starts = {place: sort for sort, _, place in named(doc.text)}
        sorts = tuple(
            next((starts[at] for at in range(token.idx, token.idx + len(token)) if at in starts), "") for token in doc
        )
        words = tuple("<name>" if sort else word_of(token) for token, sort in zip(doc, sorts, strict=True))
        known = lexicon()
        lists = tuple(() if sort else known.get(t.lemma_.lower(), ()) for t, sort in zip(doc, sorts, strict=True))
        return cls(doc, words, tuple(token.tag_ for token in doc), sorts, lists)


def _bin(number: int, edges: Sequence[int]) -> int:
    return sum(number >= edge for edge in edges)


def _head(doc: Doc, first: int, last: int) -> Token:
    """The token of a span that hangs on none other in it; a verb before others."""
    tops = [t for t in doc[first:last] if t.head.i == t.i or not first <= t.head.i < last]
    return next((t for t in tops if t.pos_ in {"VERB", "AUX"}), tops[0])


def _subject(head: Token, first: int, last: int) -> str:
    for child in head.children:
        if child.dep_ in {"nsubj", "nsubjpass", "expl"} and first <= child.i < last:
            return child.lower_ if child.pos_ == "PRON" or child.lower_ in {"this", "that", "patch"} else child.pos_
    return "-"


def features_of(candidate: Candidate, reading: Reading, block: Block, setting: Setting, *, sentence: int) -> list[str]:
    """The features of `candidate`, each a short name, once; `sentence` is the number of its first sentence."""
    out = ["bias"]
    out.extend(_shape(candidate, reading, block))
    out.extend(_wording(candidate, reading))
    out.extend(_grammar(candidate, reading))
    text = block.text[candidate.start : candidate.end]
    cues = [f"cue:{cue.name}" for cue in found_cues("kinds", text)]
    stances = [f"stance:{cue.kind}" for cue in found_cues("stances", text)]
    out.extend(cues)
    out.extend(dict.fromkeys(stances))
    shape = "whole" if candidate.sentences == 1 else "part" if candidate.sentences == 0 else "many"
    out.extend(f"{shape}&{name}" for name in cues)
    out.extend(_place(candidate, block, setting, stances, sentence))
    return list(dict.fromkeys(out))


def _shape(candidate: Candidate, reading: Reading, block: Block) -> Iterator[str]:
    length = candidate.last - candidate.first
    size = _bin(length, (2, 3, 5, 8, 12, 18, 26, 36, 50))
    part = candidate.sentences == 0
    yield f"size={size}"
    yield f"sentences={candidate.sentences}"
    yield f"atoms={min(candidate.atoms, 6)}"
    yield f"size={size}&part={part}"
    yield f"size={size}&atoms={min(candidate.atoms, 4)}"
    yield f"before={candidate.before}"
    yield f"after={candidate.after}"
    yield f"before={candidate.before}&after={candidate.after}"
    yield f"size={size}&after={candidate.after}"
    yield f"size={size}&before={candidate.before}"
    doc = reading.doc
    yield f"ends={doc[candidate.last - 1].text if doc[candidate.last - 1].is_punct else 'word'}&part={part}"
    text = block.text[candidate.start : candidate.end]
    if text.count("(") != text.count(")"):
        yield "parentheses open"
    if block.text[max(candidate.start - 1, 0)] == "(":
        yield "in parentheses"
    if part:
        outside = [t for t in doc[candidate.first].sent if not candidate.first <= t.i < candidate.last]
        yield f"outside={_bin(len(outside), (2, 4, 7, 12, 20))}"
        yield f"outside={_bin(len(outside), (2, 4, 7, 12, 20))}&size={size}"
        yield f"outside has verb={any(t.tag_ in _FINITE for t in outside)}"
    sorts = {sort for sort in reading.sorts[candidate.first : candidate.last] if sort}
    yield from (f"names {sort}" for sort in sorted(sorts))
    yield f"names={min(sum(bool(s) for s in reading.sorts[candidate.first : candidate.last]), 4)}"


_FINITE = {"VBD", "VBP", "VBZ", "MD", "VB"}


_COMPLEMENTS = {"acomp", "attr", "xcomp", "ccomp", "dobj", "oprd", "advcl"}


def _wording(candidate: Candidate, reading: Reading) -> Iterator[str]:
    doc, words = reading.doc, reading.words
    first, last = candidate.first, candidate.last
    part = "p" if candidate.sentences == 0 else ""
    inside = words[first:last]
    for word in dict.fromkeys(inside):
        yield f"w:{word}"
    for pair in dict.fromkeys(pairwise(inside)):
        yield f"b:{pair[0]} {pair[1]}"
    start = first
    while start < last - 1 and doc[start].idx < candidate.start:
        start += 1
    opening = words[start : min(start + 3, last)]
    yield f"1:{opening[0]}"
    yield f"1{part}:{opening[0]}"
    yield f"12:{' '.join(opening[:2])}"
    yield f"123:{' '.join(opening[:3])}"
    yield f"t123:{' '.join(reading.tags[start : min(start + 3, last)])}"
    yield f"t12:{' '.join(reading.tags[start : min(start + 2, last)])}{part}"
    yield f"-1:{words[last - 1]}"
    if first:
        yield f"prev:{words[first - 1]}"
    if last < len(words):
        yield f"next:{words[last]}"
    if last - first <= 4:
        yield f"short:{' '.join(w for w in inside if w.isalpha())}"


def _grammar(candidate: Candidate, reading: Reading) -> Iterator[str]:
    doc = reading.doc
    first, last = candidate.first, candidate.last
    span = doc[first:last]
    head = _head(doc, first, last)
    subject = _subject(head, first, last)
    modals = [t.lower_ for t in span if t.tag_ == "MD"]
    own = [t.lower_ for t in head.children if t.tag_ == "MD" and first <= t.i < last]
    negated = any(t.dep_ == "neg" for t in head.children)
    word = reading.words[head.i]
    tag = head.tag_
    auxiliary = next((t.lower_ for t in head.children if t.dep_ in {"aux", "auxpass"} and first <= t.i < last), "-")
    yield f"root={word}"
    yield f"root tag={tag}"
    yield f"subject={subject}"
    yield f"subject={subject}&root tag={tag}"
    yield f"subject={subject}&modal={own[0] if own else '-'}"
    yield f"subject={subject}&aux={auxiliary}&root tag={tag}"
    yield f"modal={own[0] if own else '-'}&root={word}"
    yield f"subject={subject}&root={word}"
    yield f"root={word}&not={negated}"
    yield f"not={negated}"
    yield from (f"has modal={m}" for m in dict.fromkeys(modals))
    lists = reading.lists
    inside = dict.fromkeys(name for i in range(first, last) for name in lists[i])
    yield from (f"lex:{name}" for name in inside)
    yield from (f"lex12:{name}" for i in range(first, min(first + 2, last)) for name in lists[i])
    yield from (f"lex root:{name}" for name in lists[head.i])
    yield from (f"lex root:{name}&subject={subject}" for name in lists[head.i])
    yield from (f"lex root:{name}&modal={own[0] if own else '-'}" for name in lists[head.i])
    yield from (f"lex root:{name}&tag={tag}&aux={auxiliary}" for name in lists[head.i])
    yield from (f"lex root:{name}&not={negated}" for name in lists[head.i])
    around = sorted(
        {name for t in head.subtree if first <= t.i < last and t.dep_ in _COMPLEMENTS for name in lists[t.i]}
    )
    yield from (f"lex of root:{name}" for name in around)
    yield from (f"lex of root:{name}&not={negated}" for name in around)
    yield from (f"lex of root:{name}&subject={subject}" for name in around)
    yield from (f"lex of root:{name}&root={word}" for name in around)
    finite = sum(t.tag_ in _FINITE for t in span)
    yield f"finite={min(finite, 4)}"
    yield f"has subject={subject != '-'}&finite={finite > 0}&part={candidate.sentences == 0}"
    yield from (f"has {tag}" for tag in sorted({t.tag_ for t in span}) if tag.isalpha())
    if subject == "-" and tag in {"VB", "VBP"} and head.i - first <= 2:
        yield "imperative"
    yield f"head dep={head.dep_}&part={candidate.sentences == 0}"
    if "?" in {t.text for t in span}:
        yield f"asks&subject={subject}"
        yield f"asks&modal={modals[0] if modals else '-'}"
        yield f"asks&1:{reading.words[first]}"


def _place(
    candidate: Candidate, block: Block, setting: Setting, stances: Sequence[str], sentence: int
) -> Iterator[str]:
    yield f"sentence no={min(sentence, 4)}"
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
    answers = block.opens and sentence == 0 and candidate.before == "sentence"
    if setting.under:
        asked = setting.under.rstrip(" \"')").endswith("?")
        yield f"under question={asked}"
        yield f"under question={asked}&first={answers}"
        kinds = {cue.kind for cue in found_cues("kinds", setting.under[-600:])}
        for kind in sorted(kinds):
            yield f"under {kind}"
            if answers:
                yield f"first under {kind}"
                for stance in dict.fromkeys(stances):
                    yield f"first under {kind}&{stance}"
        yield f"under starter={setting.under_starter}&starter={setting.by_starter}"
    else:
        yield "under nothing"
    if answers:
        yield f"first of answer&size={_bin(candidate.last - candidate.first, (2, 3, 5, 8, 16))}"
        for stance in dict.fromkeys(stances):
            yield f"first of answer&{stance}"
