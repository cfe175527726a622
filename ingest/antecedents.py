"""In: "it", "they" or "this function" in an item's first clause. Out: the phrase that it stands for, if one is plain.

Looked for in the clause or sentence before, then in the last sentence of the passage that is answered; a phrase counts
only if it is a subject, agrees in number, names a thing, and no other phrase there could be meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.entities import named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Span, Token

_SUBJECTS = {"nsubj", "nsubjpass"}
_CLAUSAL = {"ccomp", "xcomp", "csubj", "csubjpass", "advcl", "acl", "relcl"}
_IMPERSONAL = {"seem", "appear", "happen", "turn", "look", "sound", "matter", "depend", "suffice", "hurt", "feel"}
_SOMETIMES = {"take", "make", "get", "help", "mean", "follow", "come", "go", "work", "cost", "be"}
_MEASURES = {"time", "sense", "while", "second", "minute", "hour", "day", "week", "difference", "way", "case", "effort"}
"""Objects with which a verb of `_SOMETIMES` says nothing of a thing: "it takes a while", "it makes sense"."""
_VAGUE = {
    "thing", "problem", "issue", "point", "reason", "question", "way", "answer", "fact", "idea", "result",
    "case", "one", "someone", "somebody", "anyone", "anybody", "nobody", "everyone", "everybody", "something",
    "anything", "nothing", "everything", "people", "rest", "difference", "concern", "part", "goal", "purpose",
    "other", "another", "option", "alternative", "solution", "guy", "folk", "person", "maintainer",
    "reviewer", "time", "bit", "lot", "downside", "upside", "advantage", "drawback", "bottom", "assumption",
    "understanding", "thought", "opinion", "guess", "both", "all", "some", "none", "most", "each", "either",
    "neither", "day", "year", "week", "month", "today", "trick",
}  # fmt: skip
"""Nouns and pronouns after which "it" often means what they introduce."""
_OPEN = {"any", "every", "each", "no", "some", "this", "that", "these", "those", "another", "which", "what", "such"}
_RELATIVE = {"that", "which", "who", "what"}
_PEOPLE = {"i", "we", "you", "there"}
_SORTS = {
    "function": "function", "helper": "function", "call": "function", "callback": "function", "macro": "flag",
    "flag": "flag", "constant": "flag", "sysctl": "sysctl", "file": "file", "commit": "commit", "syscall": "manual",
    "structure": "struct", "struct": "struct", "member": "member",
}  # fmt: skip
"""Words for a thing in code, and the sort of identifier that names one."""
_NEAR = 400
"""Characters before a sentence in which an identifier is near."""
_LONGEST = 60


def phrase_for(pronoun: Token, first: Token, above: Span | None) -> str:
    """The noun phrase that `pronoun` stands for; "" where none is plain.

    `first` is the item's first token; `above` the last sentence of the passage that its paragraph answers.
    """
    if pronoun.lower_ == "it" and _impersonal(pronoun):
        return ""
    plural = pronoun.lower_ == "they"
    sentence = pronoun.sent
    before = [t for t in sentence if t.i < first.i]
    if any(t.dep_ in _SUBJECTS for t in before):
        return _from(before, sentence, plural=plural)
    if any(t.pos_ in {"NOUN", "PROPN", "VERB"} for t in before):
        return ""
    previous = _previous(sentence)
    if previous is not None:
        return _from(list(previous), previous, plural=plural)
    return _from(list(above), None, plural=plural) if above is not None else ""


def name_for(noun: Token, above: Span | None) -> str:
    """The identifier that "this function", "this flag" and their like stand for; "" where none or several may be meant.

    `noun` is the word after "this"; its sort says which identifiers count.
    """
    sort = _SORTS.get(noun.lower_)
    text = noun.doc.text[max(noun.sent.start_char - _NEAR, 0) : noun.sent.start_char]
    text = text or (above.text if above is not None else "")
    names = {name for found, name, _ in named(text) if found == sort}
    return names.pop() if len(names) == 1 else ""


def _previous(sentence: Span) -> Span | None:
    return sentence.doc[sentence.start - 1].sent if sentence.start > 0 else None


def _impersonal(it: Token) -> bool:
    """Whether "it" stands for nothing, or for a clause that follows."""
    verb = it.head
    if it.dep_ == "expl" or verb.lemma_ in _IMPERSONAL:
        return True
    after = [c for c in verb.children if c.i > it.i and c.dep_ not in {"punct", "aux", "neg"}]
    if any(c.dep_ in {"ccomp", "csubj", "csubjpass"} for c in after):
        return True
    if verb.lemma_ not in _SOMETIMES:
        return False
    return any(
        c.lemma_ in _MEASURES or c.dep_ in _CLAUSAL or any(under.dep_ in _CLAUSAL for under in c.children)
        for c in after
    )


def _from(tokens: Sequence[Token], sentence: Span | None, *, plural: bool, back: int = 2) -> str:
    """The one phrase of a sentence, or of the part of it before a clause, that can be meant.

    Where its subject is the same pronoun again, the sentence before `sentence` is asked, `back` times at most.
    """
    subjects = [t for t in tokens if t.dep_ in _SUBJECTS and t.lower_ not in _RELATIVE]
    if all(t.lower_ in _PEOPLE for t in subjects):
        nouns = [t for t in tokens if t.pos_ in {"NOUN", "PROPN"} and t.dep_ != "compound"]
        only = nouns[0] if len(nouns) == 1 and nouns[0].dep_ in {"dobj", "attr", "pobj"} else None
        return _phrase(only) if only is not None and _fits(only, plural=plural) else ""
    if len(subjects) != 1 or subjects[0].head.dep_ not in {"ROOT", "conj"}:
        return ""
    subject = subjects[0]
    if subject.lower_ == ("they" if plural else "it") and back and sentence is not None:
        previous = _previous(sentence)
        if previous is None or (not plural and _impersonal(subject)):
            return ""
        return _from(list(previous), previous, plural=plural, back=back - 1)
    return _phrase(subject) if _fits(subject, plural=plural) else ""


def _plural(noun: Token) -> bool:
    """By its tag, which identifiers in capitals get wrong, or as several things joined."""
    tagged = noun.tag_ in {"NNS", "NNPS"} and not (noun.is_upper or "_" in noun.text)
    return tagged or any(c.dep_ == "conj" for c in noun.children)


def _fits(noun: Token, *, plural: bool) -> bool:
    if noun.pos_ not in {"NOUN", "PROPN"} or noun.lemma_.lower() in _VAGUE or _plural(noun) != plural:
        return False
    return not any(
        c.lower_ in _OPEN or c.tag_ in {"PRP$", "WDT", "WP$"} or c.dep_ in {"relcl", "acl"} for c in noun.children
    )


def _phrase(noun: Token) -> str:
    """The noun with what stands before it, and an "of …" after it; "" where that is not the whole phrase."""
    left = noun.left_edge.i
    last = noun
    for child in noun.children:
        if child.i == last.i + 1 and child.dep_ == "prep" and child.lower_ == "of":
            last = child.right_edge
    span = noun.doc[left : last.i + 1]
    around = [noun.doc[i] for i in (left - 1, last.i + 1) if span.sent.start <= i < span.sent.end]
    if any(t.pos_ in {"NOUN", "PROPN", "ADJ", "NUM"} for t in around) or any(
        c.i > last.i and c.dep_ in {"prep", "acl", "relcl", "appos"} for c in noun.children
    ):
        return ""
    text = " ".join(span.text.split())
    if len(text) > _LONGEST or any(t.pos_ == "PRON" or (t.is_punct and t.text in ",;:?!") for t in span):
        return ""
    head, blank, rest = text.partition(" ")
    if head.lower() in {"a", "an", "the"} and blank:
        return f"the {rest}"
    if head.istitle() and noun.doc[left].pos_ != "PROPN":
        return text[0].lower() + text[1:]
    return text
