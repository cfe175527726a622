"""In: an item's words in their parsed paragraph, who writes, and what the paragraph answers. Out: a one-line reading.

A leading pronoun gives way to what it stands for only where one reading is left: "I" and "you" to names, "it" and
"they" to the one noun phrase before them that agrees; anything less plain leaves the quote as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.antecedents import name_for, phrase_for
from ingest.surroundings import Surroundings

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_MOST_BEFORE = 4
"""Tokens that may stand before a leading pronoun: "No, in fact it …"."""
_ME = {"i", "me", "my", "mine", "myself"}
_YOU = {"you", "your", "yours", "yourself"}
_THEM = {"my": "their", "me": "them", "myself": "themself", "your": "their", "yourself": "themself"}
_THIRD = {"am": "is", "'m": "is", "’m": "is", "have": "has", "'ve": "has", "’ve": "has", "do": "does", "are": "is"}
_THIRD |= {"'re": "is", "’re": "is", "were": "was"}
_WHOLE = {"'ll": "will", "’ll": "will", "'re": "are", "’re": "are", "'ve": "have", "’ve": "have"}
_ASKS = {"could", "can", "would", "will", "do", "did", "are", "have"}


def reading_of(quote: str, doc: Doc, start: int, around: Surroundings) -> str:
    """What the item with the words `quote`, at or after character `start` of `doc`, says; else the quote itself.

    What opens an entry of a list is read with the sentence that leads in to the list.
    """
    at = doc.text.find(quote, start)
    if at == 0 and (opening := around.lead) is not None:
        alone = replace(around, above=None, lead=None)
        led = reading_of(opening.text.strip(), opening.doc, opening.start_char, alone)
        return f"{led} {reading_of(quote, doc, 0, alone)}"
    if at < 0 or '"' in quote or "“" in quote:
        return quote
    span = doc.char_span(at, at + len(quote))
    if span is None:
        return quote
    tokens = list(span)
    lead = _leading(tokens)
    if lead is None:
        return quote
    changes: dict[int, str] | None = None
    match lead.lower_:
        case "i":
            changes = _named(tokens, lead, around.author, _ME)
        case "you":
            asks = tokens[0].lower_ in _ASKS and tokens[0].i == lead.i - 1 and doc[tokens[-1].i].text == "?"
            changes = _named(tokens, lead, around.addressed, _YOU) if asks else None
            if changes and around.author:
                changes |= {token.i: around.author for token in tokens if token.lower_ == "me"}
        case "it" | "they":
            phrase = phrase_for(lead, tokens[0], around.above)
            changes = _replaced(lead, phrase) if phrase else None
        case "this":
            name = name_for(lead.nbor(1), around.above)
            changes = {lead.i: name, lead.i + 1: ""} if name else None
        case _:
            pass
    if not changes:
        return quote
    return _written(tokens, changes)


def _leading(tokens: Sequence[Token]) -> Token | None:
    """The pronoun that is the subject of the first clause, if it stands at the beginning."""
    for token in tokens[: _MOST_BEFORE + 1]:
        if token.lower_ == "this" and token.dep_ == "det" and token.head.i == token.i + 1:
            return token if token.head in tokens else None
        if token.lower_ in {"i", "you", "it", "they"}:
            return token if token.dep_ in {"nsubj", "nsubjpass"} else None
        before = token.pos_ in {"ADV", "CCONJ", "INTJ", "PUNCT", "AUX"} or token.lower_ in {
            "so",
            "as",
            "but",
            "no",
            "yes",
        }
        if not before:
            return None
    return None


def _clause(lead: Token) -> list[Token]:
    """The verb that `lead` is the subject of, with its auxiliaries, in order."""
    verb = lead.head
    return sorted([verb, *(c for c in verb.children if c.dep_ in {"aux", "auxpass"})], key=lambda t: t.i)


def _named(tokens: Sequence[Token], lead: Token, name: str, person: set[str]) -> dict[int, str] | None:
    """Changes that put `name` for the first or second person, verbs made to agree; None where that reads badly."""
    if not name:
        return None
    inside = {token.i for token in tokens}
    others = [token for token in tokens if token is not lead and token.lower_ in person]
    if any(token.lower_ not in _THEM or (token.lower_ == "you") for token in others) or len(others) > 2:
        return None
    if any(token.lower_ == "me" and token.nbor(-1).lower_ == "let" for token in others):
        return None
    finite = next((t for t in _clause(lead) if t.tag_ in {"VBP", "VBD", "VBZ", "MD", "VB"}), None)
    if finite is None or finite.i not in inside or abs(finite.i - lead.i) > 4 or lead.head.lemma_ == "mean":
        return None
    changes = {lead.i: name} | {token.i: _THEM[token.lower_] for token in others}
    if finite.tag_ not in {"VBD", "MD"} or finite.lower_ in {"were"}:
        third = _THIRD.get(finite.lower_) or _third(finite)
        if third is None or any(
            c.dep_ == "conj" and c.tag_ in {"VBP", "VB"} and c.i in inside for c in finite.children
        ):
            return None
        changes[finite.i] = third
    elif finite.text[0] in "'’":
        whole = _full(finite)
        if whole is None:
            return None
        changes[finite.i] = whole
    return changes


def _third(verb: Token) -> str | None:
    """The third person singular of a plain present form."""
    word = verb.text
    if not word.isalpha() or not word.islower() or word in {"be", "wo", "ca"}:
        return None
    if word.endswith(("s", "x", "z", "ch", "sh", "o")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _full(short: Token) -> str | None:
    """`'ll` and its like written out."""
    if short.text in _WHOLE:
        return _WHOLE[short.text]
    if short.text in {"'d", "’d"}:
        return "would" if short.tag_ == "MD" else "had"
    if short.text in {"'s", "’s"}:
        return "has" if short.dep_ == "aux" and short.head.tag_ == "VBN" else "is"
    return None


def _replaced(lead: Token, phrase: str) -> dict[int, str] | None:
    changes = {lead.i: phrase}
    after = lead.nbor(1) if lead.i + 1 < len(lead.doc) else None
    if after is not None and after.text[0] in "'’":
        whole = _full(after)
        if whole is None:
            return None
        changes[after.i] = whole
    return changes


def _written(tokens: Sequence[Token], changes: Mapping[int, str]) -> str:
    """The tokens as text, with the changes in place; what began with a capital still does, an identifier aside."""
    out = ""
    for number, token in enumerate(tokens):
        word = changes.get(token.i, token.text)
        if token.i in changes and token.text[0] in "'’" and not out.endswith(" "):
            out += " "
        capital = number == 0 and token.text[0].isupper() and (word.startswith("the ") or word in _THIRD.values())
        out += word[0].upper() + word[1:] if capital else word
        if number < len(tokens) - 1 and (word or not out.endswith(" ")):
            out += token.whitespace_
    return out
