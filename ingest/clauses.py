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
    from spacy.tokens import Doc, Token

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


def candidates_of(doc: Doc) -> tuple[Candidate, ...]:
    """Every run of clauses inside a sentence, and every run of up to three whole sentences, of a block's document."""
    out: list[Candidate] = []
    starts = _sentence_starts(doc)
    for number, first in enumerate(starts):
        last = starts[number + 1] if number + 1 < len(starts) else len(doc)
        breaks = [(first, "sentence"), *_clause_starts(doc, first, last), (last, "sentence")]
        for a in range(len(breaks) - 1):
            for b in range(a + 1, min(a + MOST_ATOMS, len(breaks) - 1) + 1):
                whole = a == 0 and b == len(breaks) - 1
                _add(out, doc, breaks[a], breaks[b], atoms=b - a, sentences=int(whole))
        if len(breaks) - 1 > MOST_ATOMS:
            _add(out, doc, breaks[0], breaks[-1], atoms=len(breaks) - 1, sentences=1)
        for run in range(2, MOST_SENTENCES + 1):
            if number + run <= len(starts):
                end = starts[number + run] if number + run < len(starts) else len(doc)
                _add(out, doc, (first, "sentence"), (end, "sentence"), atoms=run, sentences=run)
    return tuple(out)


def _add(
    out: list[Candidate],
    doc: Doc,
    opening: tuple[int, str],
    closing: tuple[int, str],
    *,
    atoms: int,
    sentences: int,
) -> None:
    span = _trimmed(doc, opening[0], closing[0], clause=opening[1] != "sentence")
    if span is not None:
        out.append(Candidate(opening[0], closing[0], *span, atoms, sentences, opening[1], closing[1]))


_LOOSE = {",", ";", ":", "-", "--", "–", "—", "and", "but", "so", "then", "*", "..."}


def _trimmed(doc: Doc, first: int, last: int, *, clause: bool) -> tuple[int, int] | None:
    if clause:
        while first < last and (
            doc[first].lower_ in _LOOSE or (doc[first].lower_ == "that" and doc[first].tag_ == "IN")
        ):
            first += 1
    while last > first and doc[last - 1].text in {",", ";", "-", "--", "–", "—", "("}:
        last -= 1
    if last > first and doc[last - 1].lower_ in {"and", "but", "so", "because"} and last - first > 1:
        last -= 1
    while last > first and doc[last - 1].text in {",", ";", "-", "--"}:
        last -= 1
    text = doc.text
    start, end = (doc[first].idx, doc[last - 1].idx + len(doc[last - 1])) if last > first else (0, 0)
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


def _sentence_starts(doc: Doc) -> list[int]:
    """Where sentences begin: the parser's word, unless no mark of punctuation bears it out."""
    starts = [0] if len(doc) else []
    for token in doc[1:]:
        before = doc[token.i - 1]
        if not token.is_sent_start:
            if before.text in {"?", "!"} and token.text[:1].isupper():
                starts.append(token.i)
            continue
        if before.lower_ in _SHORTENED:
            continue
        text = doc.text[max(before.idx - 4, 0) : before.idx + len(before)]
        ends = before.text in {"?", "!", ")"} or (_SENTENCE_END.search(text) and not token.text[:1].islower())
        opens = token.text[:1].isupper() and token.pos_ in {"PRON", "ADV", "DET", "SCONJ"} and before.text != ","
        if ends or opens:
            starts.append(token.i)
    return starts


_OPENERS = word_list("openers")
_MARKS = {":", ";", "-", "--", "–", "—", "->", "=>", "..."}
_ANSWERS = word_list("answers")
_VERBAL = {"VERB", "AUX"}


def _clause_starts(doc: Doc, first: int, last: int) -> list[tuple[int, str]]:
    """Tokens between `first` and `last` where a clause may begin, each with the word or mark that opens it."""
    found: dict[int, str] = {}
    for i in range(first + 1, last):
        token, before = doc[i], doc[i - 1]
        if token.text == "(" and last - i > 3:
            found[i] = "("
        elif before.text == ")" and i - first > 4 and token.text not in {",", ".", ";", ":", "?", "!"}:
            found.setdefault(i, ")")
        elif before.text in _MARKS and before.whitespace_ and (before.text in {":", ";"} or doc[i - 2].whitespace_):
            found[i] = before.text
        elif before.text in {",", ".", "!"} and i - first <= 3 and doc[first].lower_ in _ANSWERS:
            found[i] = "answer"
        elif token.lower_ in _OPENERS and _opens_clause(doc, token, before, last):
            found[i] = token.lower_
        elif before.text == "," and _has_own_verb(token, last):
            found[i] = ","
        elif token.is_sent_start:
            found[i] = "parser"
        elif token.text in {"I", "we", "it", "this", "that", "there", "you", "they"} and before.text in {",", '"'}:
            found[i] = ","
    return sorted(found.items())


def _opens_clause(doc: Doc, token: Token, before: Token, last: int) -> bool:
    word = token.lower_
    if before.text in {",", "(", ")", ";"}:
        return word not in {"in", "to", "not", "just", "that", "as", "by"} or _has_own_verb(token, last)
    if word in {"and", "or"}:
        return any(t.dep_ == "conj" and t.pos_ in _VERBAL and t.i > token.i for t in token.head.children)
    if word in {"but", "because", "since", "unless", "although", "though", "whereas", "which", "so", "until"}:
        return True
    if word in {"if", "when", "while", "as", "where", "to", "by", "that", "given"}:
        return _has_own_verb(token, last) and token.i - token.sent.start >= 4
    return False


def _has_own_verb(token: Token, last: int) -> bool:
    """`token` stands at the left edge of a clause: of a verb's subtree with more than a word or two in it."""
    head = token
    while head.head.i != head.i and head.left_edge.i >= token.i and head.pos_ not in _VERBAL:
        head = head.head
    if head.pos_ not in _VERBAL:
        return False
    return head.i > token.i and head.i < last and (head.left_edge.i >= token.i - 1)
