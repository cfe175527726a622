"""In: a folder of annotated threads. Out: fitted models, and how well they do on threads that they were not fitted to.

`python -m ingest.train FOLDER --without THREAD` writes `ingest/model/*.bin`; FOLDER holds `threads/NAME.mbox` and
`gold/NAME.gold.jsonl`. Only weights are kept, never a sentence. The same threads give the same weights.
"""

from __future__ import annotations

import argparse
import json
import mailbox
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.derive import zoned_threads
from ingest.evaluate import Annotation, Score, overlap, own_places, placed, score
from ingest.extract import Extraction, extract
from ingest.fitting import KINDS, RELATIONS, Example, fit
from ingest.label import Paragraph, paragraphs_of
from ingest.mail import parse
from ingest.pairs import LED, Placed, pairs_of
from ingest.softmax import Models, Softmax, to_bytes
from kb import states
from kb.records import Item, ItemKind, Message, Quote, RawMail, Thread

KINDS_PENALTY = 100.0
LINKS_PENALTY = 20.0
_FREEDOM = {"cue": 5.0, "stance": 3.0, "whole&cue": 4.0, "part&cue": 4.0, "many&cue": 4.0}
_RARE = ItemKind.ACTION
"""A kind of which there are so few examples that each counts twice."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """One annotated thread."""

    name: str
    messages: tuple[Message, ...]
    """In the file's order, which the annotation counts by."""
    thread: Thread
    gold: tuple[Mapping[str, object], ...]


def annotated(folder: Path, name: str) -> Annotated:
    """The thread `name` of `folder` with its annotation."""
    with closing(mailbox.mbox(folder / "threads" / f"{name}.mbox", create=False)) as box:
        messages = tuple(parse(RawMail(mail.as_bytes(), name)) for mail in box)
    lines = (folder / "gold" / f"{name}.gold.jsonl").read_text("utf-8").splitlines()
    gold = tuple(json.loads(line) for line in lines if line.strip())
    threads = zoned_threads(messages)
    joined = tuple(message for thread in threads for message in thread.messages)
    zones = {key: value for thread in threads for key, value in thread.zones.items()}
    return Annotated(name, messages, Thread(threads[0].root_id, threads[0].subject, joined, zones), gold)


def _freedom(feature: str) -> float:
    return _FREEDOM.get(feature.split(":")[0], 1.0)


def _link_freedom(feature: str) -> float:
    return 3.0 if feature.startswith("lead=") else 1.0


def kind_examples(one: Annotated, paragraphs: Sequence[Paragraph]) -> Iterator[Example]:
    """Every candidate with the kind of the annotated item that it overlaps by half or more, most overlap first."""
    gold = _by_message(one)
    places = {m.message_id: own_places(m.body) for m in one.messages}
    for paragraph in paragraphs:
        own = places[paragraph.message_id]
        for candidate, features in zip(paragraph.candidates, paragraph.features, strict=True):
            start, end = paragraph.block.span(candidate.start, candidate.end)
            span = (bisect_left(own, start), bisect_left(own, end - 1) + 1)
            best = max(
                ((overlap((g.start, g.end), span), g.kind) for g in gold[paragraph.message_id]), default=(0.0, "")
            )
            yield Example(tuple(features), best[1] if best[0] >= 0.5 else "none", one.name)


def _by_message(one: Annotated) -> dict[str, list[Annotation]]:
    found, _ = placed(one.gold, one.messages)
    out: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in found:
        out[one.messages[annotation.message].message_id].append(annotation)
    return out


def gold_placed(one: Annotated, paragraphs: Sequence[Paragraph]) -> list[Placed]:
    """The annotated items as if they had been extracted, each in the paragraph where it starts."""
    gold = _by_message(one)
    by_id = {m.message_id: m for m in one.messages}
    out = []
    counts: Counter[tuple[str, int]] = Counter()
    ended: Counter[tuple[str, int]] = Counter()
    for message in one.thread.messages:
        own = own_places(message.body)
        mine = [p for p in paragraphs if p.message_id == message.message_id]
        for annotation in sorted(gold[message.message_id], key=lambda a: a.start):
            start, end = own[annotation.start], own[annotation.end - 1] + 1
            home = next((p for p in mine if p.block.places[0] <= start <= p.block.places[-1]), None)
            if home is None:
                continue
            key = (message.message_id, home.block.number)
            quote = Quote(message.message_id, start, end, " ".join(by_id[message.message_id].body[start:end].split()))
            item = Item(annotation.id, ItemKind(annotation.kind), quote, quote.text, 1.0, "annotated")
            led = " ".join(message.body[max(ended[key], home.block.places[0], start - LED) : start].split())
            out.append(Placed(item, message.author, key[1], counts[key], home.block.under, home.passage, led))
            counts[key] += 1
            ended[key] = end
    return out


def link_examples(one: Annotated, paragraphs: Sequence[Paragraph]) -> Iterator[Example]:
    """Every pair of annotated items that may be linked, with the annotated relation."""
    relations = {
        (str(row["id"]), str(link["to"])): str(link["rel"])
        for row in one.gold
        for link in (row["links"] if isinstance(row.get("links"), list) else [])  # type: ignore[attr-defined]
    }
    for pair in pairs_of(gold_placed(one, paragraphs)):
        relation = relations.get((pair.source.item.id, pair.target.item.id), "none")
        yield Example(pair.features, relation, one.name)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What one thread teaches."""

    kinds: tuple[Example, ...]
    links: tuple[Example, ...]

    @classmethod
    def of(cls, one: Annotated) -> Lessons:
        paragraphs = list(paragraphs_of(one.thread))
        return cls(tuple(kind_examples(one, paragraphs)), tuple(link_examples(one, paragraphs)))


def fitted(lessons: Sequence[Lessons]) -> Models:
    """The models that `lessons` give."""
    kinds = [example for lesson in lessons for example in lesson.kinds]
    kinds += [example for example in kinds if example.kind == _RARE]
    links = [example for lesson in lessons for example in lesson.links]
    return Models(
        _plain(fit(kinds, KINDS, penalty=KINDS_PENALTY, freedom=_freedom)),
        _plain(fit(links, RELATIONS, penalty=LINKS_PENALTY, least_threads=3, least=6, freedom=_link_freedom)),
    )


def _plain(model: Softmax) -> Softmax:
    """`model` as it will be read back from its file."""
    from ingest.softmax import from_bytes

    return from_bytes(to_bytes(model))


def exported(one: Annotated, found: Extraction) -> list[dict[str, object]]:
    """The items of an extraction as rows that can be scored."""
    voices = {m.message_id: states.Voice(m.author, number) for number, m in enumerate(one.thread.messages)}
    standings = states.fold(found.items, found.links, voices)
    links: dict[str, list[dict[str, str]]] = defaultdict(list)
    for link in found.links:
        links[link.source].append({"to": link.target, "rel": str(link.relation)})
    return [
        {
            "id": item.id,
            "message_id": item.quote.message_id,
            "kind": str(item.kind),
            "quote": item.quote.text,
            "state": str(standings[item.id].state),
            "links": links[item.id],
        }
        for item in found.items
    ]


def scored(one: Annotated, models: Models) -> Score:
    """How well `models` do on a thread."""
    return score(one.gold, exported(one, extract(one.thread, models=models)), one.messages)


def _line(name: str, result: Score) -> str:
    at = result.at[0.5]
    return (
        f"| {name} | {at.micro.f1:.3f} | {at.micro.precision:.3f} | {at.micro.recall:.3f} | {at.macro_f1:.3f} "
        f"| {at.any_kind.f1:.3f} | {at.kind_accuracy:.3f} | {result.state_accuracy:.3f} | {result.links.f1:.3f} |"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on all threads of a folder but those left out, write the weights, print the figures."""
    parser = argparse.ArgumentParser(prog="python -m ingest.train", description=main.__doc__)
    parser.add_argument("folder", type=Path, help="holds threads/NAME.mbox and gold/NAME.gold.jsonl")
    parser.add_argument(
        "--without", action="append", default=[], metavar="THREAD", help="leave this thread out of training"
    )
    parser.add_argument("--loo", action="store_true", help="also score each thread by models fitted without it")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model")
    given = parser.parse_args(arguments)
    names = sorted(path.name.removesuffix(".gold.jsonl") for path in (given.folder / "gold").glob("*.gold.jsonl"))
    if not names:
        parser.error(f"no annotated thread in '{given.folder}'")
    threads = {name: annotated(given.folder, name) for name in names}
    trained = [name for name in names if name not in given.without]
    lessons = {name: Lessons.of(threads[name]) for name in trained}
    models = fitted(list(lessons.values()))
    for name, model in (("kinds", models.kinds), ("links", models.links)):
        (given.out / f"{name}.bin").write_bytes(to_bytes(model))
    write = sys.stdout.write
    write("| thread | F1 | P | R | macro F1 | any kind | kind right | state right | links F1 |\n")
    write("|---" * 9 + "|\n")
    for name in names:
        if name in given.without:
            write(_line(name, scored(threads[name], models)) + "\n")
        elif given.loo:
            rest = [lesson for other, lesson in lessons.items() if other != name]
            write(_line(name, scored(threads[name], fitted(rest))) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
