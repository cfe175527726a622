"""In: annotated threads. Out: models fitted to them, whose confidences are calibrated on threads left out of fitting.

`python -m ingest.train FOLDER... --without THREAD` writes `ingest/model/*.bin`; `ingest/annotated.py` says what a
folder holds. Only weights are kept, never a sentence. The same threads give the same weights.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ingest.annotated import Annotated, places_in, read
from ingest.calibration import ITEMS_FIXED, LINKS_FIXED, Outcome, Outcomes, calibration, together
from ingest.evaluate import Score, matched, placed, score
from ingest.extract import Extraction, extract
from ingest.fitting import KINDS, RELATIONS, fit
from ingest.lessons import Studied
from ingest.softmax import Models, Softmax, from_bytes, to_bytes
from kb import states
from kb.errors import StoreError, ThreadkbError
from kb.records import ItemKind
from kb.visible import one_line

KINDS_PENALTY = 100.0
LINKS_PENALTY = 20.0
ASKED = 3
"""One thread in so many is held out to see what a confidence is worth."""
_FREEDOM = {"cue": 5.0, "stance": 3.0, "whole&cue": 4.0, "part&cue": 4.0, "many&cue": 4.0}
_RARE = ItemKind.ACTION
"""A kind of which there are so few examples that each counts twice."""


def _freedom(feature: str) -> float:
    return _FREEDOM.get(feature.split(":")[0], 1.0)


def _link_freedom(feature: str) -> float:
    return 3.0 if feature.startswith("lead=") else 1.0


def fitted(threads: Sequence[Studied]) -> Models:
    """The models that `threads` give; their confidences are the plain probabilities."""
    kinds = [example for one in threads for example in one.kinds]
    kinds += [example for example in kinds if example.kind == _RARE]
    links = [example for one in threads for example in one.links]
    return Models(
        _plain(fit(kinds, KINDS, penalty=KINDS_PENALTY, freedom=_freedom)),
        _plain(fit(links, RELATIONS, penalty=LINKS_PENALTY, least_threads=3, least=6, freedom=_link_freedom)),
    )


def trained(threads: Sequence[Studied]) -> Models:
    """The models that `threads` give, with calibrated confidences.

    What a confidence is worth is seen on every third thread, by models that are fitted to the other ones alone. With
    fewer than three threads that cannot be told.
    """
    models = fitted(threads)
    asked = threads[1::ASKED]
    if len(threads) < ASKED:
        return models
    other = fitted([one for one in threads if one not in asked])
    seen = [outcomes(one.one, extract(one.one.thread, models=other, paragraphs=one.paragraphs)) for one in asked]
    return calibrated(models, together(seen))


def calibrated(models: Models, seen: Outcomes) -> Models:
    """`models` that report what their probabilities came to be worth."""
    return Models(
        replace(models.kinds, calibration=calibration(seen.items, ITEMS_FIXED)),
        replace(models.links, calibration=calibration(seen.links, LINKS_FIXED)),
    )


def outcomes(one: Annotated, found: Extraction) -> Outcomes:
    """The confidences in `found`, each with whether it was right."""
    gold, _ = placed(one.gold, one.messages)
    rows = exported(one, found)
    predicted, _ = placed(rows, one.messages)
    pairs = matched(gold, predicted, 0.5)
    to_gold = {predicted[p].id: gold[g] for g, p in pairs}
    items = tuple(
        Outcome(item.confidence, item.id in to_gold, str(item.kind))
        for item in found.items
        if item.id not in to_gold or to_gold[item.id].sure
    )
    wanted = {(x.id, rel, to): x.sure and sure for x in gold for rel, to, sure in x.links}
    links = []
    for link in found.links:
        if link.source in to_gold and link.target in to_gold:
            said = wanted.get((to_gold[link.source].id, str(link.relation), to_gold[link.target].id))
            if said is not False:
                links.append(Outcome(link.confidence, said is True, str(link.relation)))
    return Outcomes(items, tuple(links))


def _plain(model: Softmax) -> Softmax:
    """`model` as it will be read back from its file."""
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


def scored(one: Annotated, found: Extraction) -> Score:
    """How well `found` agrees with the annotation."""
    return score(one.gold, exported(one, found), one.messages)


def one_thread_of_arithmetic() -> None:
    """Let linear algebra use one thread, before NumPy is loaded: several are slower here, and add up in any order."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit on all annotated threads of the folders but those left out, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m ingest.train", description=main.__doc__)
    parser.add_argument(
        "folders", type=Path, nargs="+", metavar="FOLDER", help="holds threads/NAME.mbox and gold/NAME.gold.jsonl"
    )
    parser.add_argument(
        "--without", action="append", default=[], metavar="THREAD", help="leave this thread out, if it is there"
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "model", metavar="DIR")
    given = parser.parse_args(arguments)
    one_thread_of_arithmetic()
    try:
        places = places_in(given.folders, without=given.without)
        threads = []
        for place in places:
            _say(f"reading {place.name}")
            threads.append(Studied.of(read(place)))
        _say(f"fitting to {len(threads)} threads")
        _write(given.out, trained(threads))
    except ThreadkbError as wrong:
        _say(str(wrong))
        return int(wrong.code)
    return 0


def _write(folder: Path, models: Models) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, model in (("kinds", models.kinds), ("links", models.links)):
            path = folder / f"{name}.bin"
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(to_bytes(model))
            unfinished.replace(path)
            sys.stdout.write(f"{one_line(str(path))}: {len(model.vocabulary)} features\n")
    except OSError as wrong:
        raise StoreError(
            str(folder), f"cannot be written: {wrong.strerror}", "give another folder with --out"
        ) from None


def _say(words: str) -> None:
    sys.stderr.write(f"{one_line(words)}\n")


if __name__ == "__main__":
    sys.exit(main())
