"""In: a thread with its zones. Out: the rows of its patch mails and of the NACKs in it. Nothing is executed here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert

from kb.nacks import nacks_of
from kb.patches import patches_of
from kb.records import Thread
from kb.store import schema


def series_rows(thread: Thread, thread_id: str) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Each insert statement with its rows."""
    yield (
        insert(schema.patches),
        [
            {
                "message_id": p.message_id,
                "thread_id": thread_id,
                "revision": p.heading.revision,
                "number": p.heading.number,
                "total": p.heading.total,
                "subject": p.heading.subject,
                "rfc": p.heading.rfc,
                "resend": p.heading.resend,
                "tags": json.dumps(p.heading.tags),
                "change_id": p.change_id,
                "files": json.dumps(p.files),
                "refers": json.dumps([[one.message_id, one.revision, one.earlier] for one in p.refers]),
                "above": p.above,
            }
            for p in patches_of(thread)
        ],
    )
    yield (
        insert(schema.nacks),
        [
            {
                "message_id": n.message_id,
                "thread_id": thread_id,
                "start": n.start,
                "end": n.end,
                "words": n.words,
                "patch": n.patch,
            }
            for n in nacks_of(thread)
        ],
    )
