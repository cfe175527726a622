"""In: a thread with tied zones. Out: for each block where it stands, and which passage it answers.

A paragraph answers the quoted passage right above it; a quotation trimmed at its end still ties to what it repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.features import Setting
from ingest.quoting import answered_passage
from ingest.sentences import Block
from kb.records import Message, Passage, Thread


def passage_above(thread: Thread, message: Message, block: Block) -> Passage | None:
    """The passage of an earlier message that `block` answers."""
    return answered_passage(thread.zones[message.message_id], block.places[0])


def settings_of(
    thread: Thread, message: Message, blocks: Sequence[Block]
) -> Iterator[tuple[Block, Setting, Passage | None]]:
    """Each block with its setting and the passage that it answers."""
    by_id = {m.message_id: m for m in thread.messages}
    root = thread.messages[0]
    parent = by_id.get(message.parent_id or "")
    subject = message.subject.lower()
    patch = "[" in subject and ("patch" in subject or "rfc" in subject) and not subject.startswith(("re:", "aw:"))
    for block in blocks:
        passage = passage_above(thread, message, block)
        quoted = by_id.get(passage.message_id) if passage else None
        under = " ".join(quoted.body[passage.start : passage.end].split()) if quoted and passage else ""
        yield (
            block,
            Setting(
                first_message=message is root,
                patch=patch,
                by_starter=message.author == root.author,
                own_parent=parent is not None and parent.author == message.author,
                last=block is blocks[-1],
                blocks=len(blocks),
                under=under,
                under_starter=quoted is not None and quoted.author == root.author,
            ),
            passage,
        )
