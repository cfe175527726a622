"""In: a thread, and what was read in its mails before. Out: its items and links, and what is now read in each mail.

What costs is parsing, and what one mail holds depends on little: its own words, the passages that it answers, who wrote
what. A digest of all that says whether a mail has to be read again; the rest of a thread is put together from what is
remembered. What comes out equals `ingest.extract.extract`, whatever was remembered.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ingest.answering import settings_of
from ingest.extract import Extraction, Making, in_order, names_in, shapes_of
from ingest.label import paragraphs_of
from ingest.nlp import MODEL
from ingest.pairs import Placed
from ingest.relate import links_of
from ingest.sentences import blocks_of
from ingest.softmax import Models, own_models, shipped
from ingest.surroundings import Context
from ingest.topics import topics_of, weights_of
from kb.records import Item, ItemKind, Message, Passage, Quote, Thread


@dataclass(frozen=True, slots=True)
class Reading:
    """What one mail holds."""

    key: str
    """The digest of all that this depends on."""
    placed: tuple[Placed, ...]
    """Its items, without topics: those hang on the whole thread."""
    phrases: tuple[tuple[str, ...], ...]
    """For each item the phrases in its words that may be topics."""
    told: tuple[str, ...]
    """Every phrase of the mail that may be a topic."""


def to_text(reading: Reading) -> str:
    """`reading` without its key, as JSON."""
    return json.dumps(
        {
            "placed": [asdict(one) for one in reading.placed],
            "phrases": reading.phrases,
            "told": reading.told,
        },
        separators=(",", ":"),
    )


def from_text(key: str, text: str) -> Reading:
    """What `to_text` wrote."""
    content = json.loads(text)
    return Reading(
        key,
        tuple(_placed(row) for row in content["placed"]),
        tuple(tuple(words) for words in content["phrases"]),
        tuple(content["told"]),
    )


def _placed(row: dict[str, Any]) -> Placed:
    item = row["item"]
    item = Item(
        **{
            **item,
            "kind": ItemKind(item["kind"]),
            "quote": Quote(**item["quote"]),
            "topics": tuple(item["topics"]),
            "entities": tuple(item["entities"]),
        }
    )
    return Placed(**{**row, "item": item, "passage": Passage(**row["passage"]) if row["passage"] else None})


def remembered(
    thread: Thread, memory: Mapping[str, Reading], *, models: Models | None = None
) -> tuple[Extraction, dict[str, Reading]]:
    """The items and links of `thread`, and each mail's reading; a mail is parsed only if `memory` lacks it."""
    models = models or shipped()
    keys, needs = _keys(thread)
    readings = {name: memory[name] for name, key in keys.items() if name in memory and memory[name].key == key}
    missing = keys.keys() - readings.keys()
    if missing:
        readings |= _read(thread, keys, missing, missing.union(*(needs[name] for name in missing)), models)
    ordered = [readings[message.message_id] for message in thread.messages]
    index: dict[str, set[str]] = defaultdict(set)
    for message, reading in zip(thread.messages, ordered, strict=True):
        for phrase in reading.told:
            index[phrase].add(message.message_id)
    weights = weights_of(index, len(thread.messages), names_in(thread))
    placed = [
        replace(one, item=replace(one.item, topics=topics_of(phrases, weights)))
        for reading in ordered
        for one, phrases in zip(reading.placed, reading.phrases, strict=True)
    ]
    links = links_of(placed, models.links)
    items = in_order(thread, [one.item for one in placed], shapes_of(thread))
    return Extraction(items, tuple(links)), readings


def _read(
    thread: Thread, keys: Mapping[str, str], missing: set[str], parsed: set[str], models: Models
) -> dict[str, Reading]:
    """The readings of the mails `missing`, for which the mails `parsed` are parsed."""
    paragraphs = list(paragraphs_of(thread, only=parsed))
    messages = {message.message_id: message for message in thread.messages}
    making = Making(messages, {}, Context(messages, paragraphs))
    out = {}
    for name in messages:
        if name not in missing:
            continue
        own = [paragraph for paragraph in paragraphs if paragraph.message_id == name]
        placed = tuple(making.labelled(own, models.kinds))
        told = {phrase for paragraph in own for phrase, _ in paragraph.phrases}
        phrases = tuple(tuple(sorted(set(making.phrases[one.item.id]))) for one in placed)
        out[name] = Reading(keys[name], placed, phrases, tuple(sorted(told)))
    return out


def _keys(thread: Thread) -> tuple[dict[str, str], dict[str, set[str]]]:
    """For each mail the digest of all that its reading depends on, and the mails whose words it answers."""
    messages = {message.message_id: message for message in thread.messages}
    keys, needs = {}, {}
    for message in thread.messages:
        blocks = blocks_of(message.body, thread.zones[message.message_id])
        places = list(settings_of(thread, message, blocks))
        answered = {passage.message_id for _, _, passage in places if passage is not None}
        near = sorted(answered | ({message.parent_id} if message.parent_id in messages else set()))
        depends: Sequence[object] = (
            code_digest(),
            _said(message),
            message.message_id,
            message.parent_id,
            [(name, _said(messages[name])) for name in near],
            [(astuple(setting), astuple(passage) if passage else None) for _, setting, passage in places],
        )
        keys[message.message_id] = sha256(json.dumps(depends).encode("utf-8", "surrogatepass")).hexdigest()
        needs[message.message_id] = answered & messages.keys()
    return keys, needs


def _said(message: Message) -> tuple[str, ...]:
    return (message.sha256, message.author, message.address, message.subject)


def code_digest() -> str:
    """A digest of what reads: this package's code, cues and models, and the parser's model."""
    return _code_digest(own_models())


@lru_cache(maxsize=2)
def _code_digest(own: str) -> str:
    from importlib.metadata import version

    here = Path(__file__).parent
    models = Path(own).expanduser() if own else here / "model"
    files = [*here.glob("*.py"), *(here / "cues").iterdir(), *(models / f"{name}.bin" for name in ("kinds", "links"))]
    digest = sha256(version(MODEL.replace("_", "-")).encode() + version("spacy").encode())
    for file in sorted(files):
        if file.is_file():
            digest.update(file.name.encode("utf-8", "surrogateescape") + b"\x00" + sha256(file.read_bytes()).digest())
    return digest.hexdigest()
