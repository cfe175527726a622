"""In: a paragraph's document. Out: the spans in it that may be items: runs of clauses, and runs of whole sentences.

Sentences are the parser's where punctuation bears them out. A clause begins at a conjunction, a mark of punctuation, a
parenthesis or after a word of answer, where a verb of its own follows. Every span is a run of whole tokens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.cue_rules import word_list

if TYPE_CHECKING:
    from ingest.tokens import Tokens

_WORD = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run of tokens that may be an item."""

    first: int
    """Its first token."""
    last: int
    """The token after its last."""
    start: int
    """Its first character in the block's text, conjunctions and punctuation at its ends left out."""
    end: int
    atoms: int
    """Clauses in it."""
    sentences: int
    """Whole sentences in it; 0 for a part of one."""
    before: str
    """What sets it off from what stands before it: `sentence`, or the word or mark that opens the clause."""
    after: str


MOST_ATOMS = 6
"""Clauses that one candidate may join inside a sentence."""
MOST_SENTENCES = 3


def candidates_of(tokens: Tokens) -> tuple[Candidate, ...]:
    """Every run of clauses inside a sentence, and every run of up to three whole sentences, of a block's document."""
    out: list[Candidate] = []
    starts = _sentence_starts(tokens)
    for number, first in enumerate(starts):
        last = starts[number + 1] if number + 1 < len(starts) else len(tokens)
        breaks = [(first, "sentence"), *_clause_starts(tokens, first, last), (last, "sentence")]
        for a in range(len(breaks) - 1):
            for b in range(a + 1, min(a + MOST_ATOMS, len(breaks) - 1) + 1):
                whole = a == 0 and b == len(breaks) - 1
                _add(out, tokens, breaks[a], breaks[b], atoms=b - a, sentences=int(whole))
        if len(breaks) - 1 > MOST_ATOMS:
            _add(out, tokens, breaks[0], breaks[-1], atoms=len(breaks) - 1, sentences=1)
        for run in range(2, MOST_SENTENCES + 1):
            if number + run <= len(starts):
                end = starts[number + run] if number + run < len(starts) else len(tokens)
                _add(out, tokens, (first, "sentence"), (end, "sentence"), atoms=run, sentences=run)
    return tuple(out)


def _add(
    out: list[Candidate],
    tokens: Tokens,
    opening: tuple[int, str],
    closing: tuple[int, str],
    *,
    atoms: int,
    sentences: int,
) -> None:
    span = _trimmed(tokens, opening[0], closing[0], clause=opening[1] != "sentence")
    if span is not None:
        out.append(Candidate(opening[0], closing[0], *span, atoms, sentences, opening[1], closing[1]))


_LOOSE = {",", ";", ":", "-", "--", "–", "—", "and", "but", "so", "then", "*", "..."}
_HANGING = {",", ";", "-", "--", "–", "—", "("}
_JOINING = {"and", "but", "so", "because"}


def _trimmed(tokens: Tokens, first: int, last: int, *, clause: bool) -> tuple[int, int] | None:
    words, lower, text = tokens.words, tokens.lower, tokens.text
    if clause:
        while first < last and (lower[first] in _LOOSE or (lower[first] == "that" and tokens.tags[first] == "IN")):
            first += 1
    while last > first and words[last - 1] in _HANGING:
        last -= 1
    if last - first > 1 and lower[last - 1] in _JOINING:
        last -= 1
    while last > first and words[last - 1] in {",", ";", "-", "--"}:
        last -= 1
    start, end = (tokens.starts[first], tokens.ends[last - 1]) if last > first else (0, 0)
    if not _WORD.search(text, start, end) and text[start:end] != "+1":
        return None
    if text[start] == "(" and (text.find(")", start, end) < 0 or text[end - 1] == ")"):
        start += 1
    elif text[start] == "(" and text.endswith(").", start, end):
        start, end = start + 1, end - 2
    if text[end - 1] == ")" and text.count(")", start, end) > text.count("(", start, end):
        end -= 1
    if end <= start or not (_WORD.search(text, start, end) or text[start:end] == "+1"):
        return None
    return start, end


_SHORTENED = {"e.g.", "i.e.", "cf.", "vs.", "eg.", "ie.", "approx.", "resp.", "incl.", "esp."}
_SENTENCE_END = re.compile(r"[.?!:…]['\")\]]*$|[.?!]\S{0,2}$")


def _sentence_starts(tokens: Tokens) -> list[int]:
    """Where sentences begin: the parser's word, unless no mark of punctuation bears it out."""
    starts = [0] if len(tokens) else []
    words = tokens.words
    for i in range(1, len(tokens)):
        before = words[i - 1]
        if not tokens.opens[i]:
            if before in {"?", "!"} and words[i][:1].isupper():
                starts.append(i)
            continue
        if tokens.lower[i - 1] in _SHORTENED:
            continue
        text = tokens.text[max(tokens.starts[i - 1] - 4, 0) : tokens.ends[i - 1]]
        ends = before in {"?", "!", ")"} or (_SENTENCE_END.search(text) and not words[i][:1].islower())
        opens = words[i][:1].isupper() and tokens.pos[i] in {"PRON", "ADV", "DET", "SCONJ"} and before != ","
        if ends or opens:
            starts.append(i)
    return starts


_OPENERS = word_list("openers")
_MARKS = {":", ";", "-", "--", "–", "—", "->", "=>", "..."}
_STOPS = {",", ".", ";", ":", "?", "!"}
_SUBJECTS = {"I", "we", "it", "this", "that", "there", "you", "they"}
_ANSWERS = word_list("answers")


def _clause_starts(tokens: Tokens, first: int, last: int) -> list[tuple[int, str]]:
    """Tokens between `first` and `last` where a clause may begin, each with the word or mark that opens it."""
    found: dict[int, str] = {}
    words, lower, spaced = tokens.words, tokens.lower, tokens.spaced
    answers = last > first and lower[first] in _ANSWERS
    for i in range(first + 1, last):
        word, before = words[i], words[i - 1]
        if word == "(" and last - i > 3:
            found[i] = "("
        elif before == ")" and i - first > 4 and word not in _STOPS:
            found.setdefault(i, ")")
        elif before in _MARKS and spaced[i - 1] and (before in {":", ";"} or spaced[i - 2]):
            found[i] = before
        elif answers and i - first <= 3 and before in {",", ".", "!"}:
            found[i] = "answer"
        elif lower[i] in _OPENERS and _opens_clause(tokens, i, last):
            found[i] = lower[i]
        elif before == "," and _has_own_verb(tokens, i, last):
            found[i] = ","
        elif tokens.opens[i]:
            found[i] = "parser"
        elif before in {",", '"'} and word in _SUBJECTS:
            found[i] = ","
    return sorted(found.items())


def _opens_clause(tokens: Tokens, at: int, last: int) -> bool:
    word = tokens.lower[at]
    if tokens.words[at - 1] in {",", "(", ")", ";"}:
        return word not in {"in", "to", "not", "just", "that", "as", "by"} or _has_own_verb(tokens, at, last)
    if word in {"and", "or"}:
        others = tokens.children[tokens.heads[at]]
        return any(i > at and tokens.deps[i] == "conj" and tokens.verbal[i] for i in others)
    if word in {"but", "because", "since", "unless", "although", "though", "whereas", "which", "so", "until"}:
        return True
    if word in {"if", "when", "while", "as", "where", "to", "by", "that", "given"}:
        return at - tokens.sentences[at][0] >= 4 and _has_own_verb(tokens, at, last)
    return False


def _has_own_verb(tokens: Tokens, at: int, last: int) -> bool:
    """Token `at` stands at the left edge of a clause: of a verb's subtree with more than a word or two in it."""
    heads, edges, verbal = tokens.heads, tokens.left_edges, tokens.verbal
    head = at
    while heads[head] != head and edges[head] >= at and not verbal[head]:
        head = heads[head]
    return verbal[head] and at < head < last and edges[head] >= at - 1
