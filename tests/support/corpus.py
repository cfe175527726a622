"""In: a folder. Out: made-up annotated threads in it, in our own words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tests.support.mails import mail, mboxo

NOUNS = ("queue", "cache", "timer", "counter", "list", "buffer")
TURNS = (
    ("The {0} is walked without the lock.", "claim", "We should take the lock around the {0}.", "decision"),
    ("Why does the {0} need a lock at all?", "question", "I think the {0} could be dropped.", "decision"),
    ("The reader may still hold the {0}.", "claim", "I will test the {0} on arm64.", "action"),
    ("No, the {0} is freed before that.", "claim", "Can you explain who frees the {0}?", "question"),
)


def annotated_thread(folder: Path, name: str, noun: str, *, flat: bool = False) -> None:
    """A thread of four mails about a `noun` with eight annotated items and three links."""
    boxes, golds = (folder, folder) if flat else (folder / "threads", folder / "gold")
    boxes.mkdir(parents=True, exist_ok=True)
    golds.mkdir(parents=True, exist_ok=True)
    mails: list[bytes] = []
    rows: list[dict[str, object]] = []
    before = ""
    for number, (one, kind, other, second) in enumerate(TURNS):
        words = (one.format(noun), other.format(noun))
        body = f"> {before}\n\n{words[0]} {words[1]}\n" if number else f"{words[0]} {words[1]}\n"
        mails.append(mail(number, body, parent=number - 1 if number else None, subject=f"[PATCH] {noun}"))
        for text, each in zip(words, (kind, second), strict=True):
            rows.append({"id": f"{name}-{len(rows) + 1}", "message": number, "kind": each, "quote": text, "links": []})
        if number:
            rows[-2]["links"] = [{"to": rows[-3]["id"], "rel": "answers" if number == 2 else "disputes"}]
        before = words[1]
    states = {"claim": "uncontested", "question": "open", "decision": "proposed", "action": "open"}
    (boxes / f"{name}.mbox").write_bytes(mboxo(mails))
    lines = (json.dumps({**row, "state": states[str(row["kind"])]}) + "\n" for row in rows)
    (golds / f"{name}.gold.jsonl").write_text("".join(lines), encoding="utf-8")


def corpus(folder: Path, nouns: Sequence[str] = NOUNS[:4]) -> Path:
    """A thread for each of `nouns`."""
    for noun in nouns:
        annotated_thread(folder, f"about-{noun}", noun)
    return folder
