"""In: a thread's items in order, each with the passage that it answers. Out: links between them, with reasons in words.

A learnt model says how likely each relation is for a pair; what relations the kinds of two items allow is a rule, and a
pair gets one link at most. The reason names what a person can check: the place, and the words that show a stance.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.cue_rules import found_cues
from ingest.pairs import Pair, Placed, pairs_of
from ingest.softmax import Softmax
from kb.records import ItemKind, Link, Relation

THRESHOLD = 0.12
"""Least probability of a link; about the best for links F1 on threads held out (`model/CARD.md`)."""

_CLAIM, _QUESTION, _DECISION, _ACTION = ItemKind.CLAIM, ItemKind.QUESTION, ItemKind.DECISION, ItemKind.ACTION
ALLOWED: dict[Relation, tuple[frozenset[ItemKind], frozenset[ItemKind]]] = {
    Relation.ANSWERS: (frozenset({_CLAIM, _DECISION, _ACTION}), frozenset({_QUESTION})),
    Relation.SUPPORTS: (frozenset(ItemKind), frozenset({_CLAIM, _DECISION})),
    Relation.DISPUTES: (frozenset(ItemKind), frozenset({_CLAIM, _DECISION})),
    Relation.REFUTES: (frozenset({_CLAIM, _DECISION}), frozenset({_CLAIM})),
    Relation.ACCEPTS: (frozenset({_DECISION, _ACTION}), frozenset({_DECISION})),
    Relation.REJECTS: (frozenset({_DECISION}), frozenset({_DECISION})),
    Relation.SUPERSEDES: (frozenset({_DECISION}), frozenset({_DECISION})),
    Relation.REFINES: (frozenset(ItemKind), frozenset(ItemKind)),
    Relation.MOTIVATES: (frozenset({_CLAIM, _QUESTION}), frozenset({_DECISION, _ACTION})),
    Relation.FULFILS: (frozenset(ItemKind), frozenset({_ACTION})),
}
"""The kinds that each relation may lead from and to, as the annotation guide has them."""

_SHOWS: dict[Relation, tuple[str, ...]] = {
    Relation.SUPPORTS: ("agrees",),
    Relation.ACCEPTS: ("agrees",),
    Relation.ANSWERS: ("agrees", "disagrees"),
    Relation.FULFILS: ("agrees",),
    Relation.DISPUTES: ("disagrees",),
    Relation.REJECTS: ("disagrees",),
    Relation.REFUTES: ("refutes", "disagrees"),
    Relation.SUPERSEDES: ("supersedes",),
    Relation.MOTIVATES: ("motivates",),
    Relation.REFINES: (),
}
_OBJECTIONS = frozenset({Relation.DISPUTES, Relation.REJECTS, Relation.REFUTES})
_WHERE = {
    "passage": "it stands below the passage that it answers",
    "near passage": "it stands below a passage next to it",
    "paragraph": "both stand in one paragraph",
    "message": "they stand close together in one message",
    "words": "they share rare words",
}


def allowed(relation: Relation, source: ItemKind, target: ItemKind) -> bool:
    """Whether `relation` may lead from an item of kind `source` to one of kind `target`."""
    sources, targets = ALLOWED[relation]
    return source in sources and target in targets and (relation is not Relation.REFINES or source is target)


_RELATIONS = {
    (source, target): tuple(relation for relation in Relation if allowed(relation, source, target))
    for source in ItemKind
    for target in ItemKind
}


def links_of(placed: Sequence[Placed], model: Softmax, *, threshold: float = THRESHOLD) -> tuple[Link, ...]:
    """The links among `placed`, at most one for each ordered pair of items."""
    pairs = list(pairs_of(placed))
    assents = {one.item.id: _assents(one.said) for one in placed}
    columns = {name: at for at, name in enumerate(model.classes)}
    out = []
    for pair, row in zip(pairs, model.probabilities([p.features for p in pairs]).tolist(), strict=True):
        source, target = pair.source.item, pair.target.item
        chances = {
            relation: row[columns[relation]]
            for relation in _RELATIONS[source.kind, target.kind]
            if relation in columns and not (assents[source.id] and relation in _OBJECTIONS)
        }
        relation = max(chances, key=lambda r: chances[r], default=None)
        if relation is not None and chances[relation] >= threshold:
            out.append(
                Link(
                    source.id,
                    relation,
                    target.id,
                    model.confidence(chances[relation]),
                    _because(pair, relation),
                )
            )
    return tuple(out)


def _assents(text: str) -> bool:
    """Words that agree or thank, without any that disagree: they object to nothing, however the rest reads."""
    shown = {cue.kind for cue in found_cues("stances", text)}
    return "agrees" in shown and not shown & {"disagrees", "refutes"}


def _because(pair: Pair, relation: Relation) -> str:
    where = _WHERE[pair.where]
    text = pair.source.said
    for cue in found_cues("stances", text):
        if cue.kind in _SHOWS[relation]:
            match = cue.pattern.search(text.replace("’", "'"))
            words = " ".join(match.group().split()) if match else ""
            if words:
                return f"'{words[:40]}', and {where}"
    return where
