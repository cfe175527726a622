"""In: a message. Out: why it holds nothing to be found, whatever its words: a program sent it, or a script wrote it.

Programs are told by their address or name; notes that scripts send in a person's name by their subject, or by the list
of taken patches that they consist of. A person's own words of acceptance ("Applied, thanks.") are no such note.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from kb.records import Message
from kb.roles import bot_because

_LONGEST = 300
"""Characters of a subject, a name or a line that are looked at."""
_TAKEN = re.compile(r"\[\d{1,3}/\d{1,3}\] \S")
"""A patch in a list of those that were taken."""
_COMMIT = re.compile(r"[ \t]+(?:\(?no commit info\)?|commit: [0-9a-f]{8,40}$|https?://\S{1,200}/c/[0-9a-f]{6,40}$)")
"""The line under it that says where it went."""


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    rules = tomllib.loads(files("ingest").joinpath("cues", "silent.toml").read_text("utf-8"))
    return {name: re.compile("|".join(rules[name]), re.IGNORECASE) for name in rules}


def silent_because(message: Message) -> str:
    """Why nothing is to be looked for in `message`; "" where its words are to be read."""
    rules = _rules()
    bot = bot_because(message.author[:_LONGEST], message.address[:_LONGEST])
    if bot:
        return bot
    if rules["senders"].match(message.address[:_LONGEST]):
        return f"the address is a program's: {message.address}"
    if rules["names"].match(message.author[:_LONGEST]):
        return f"the name is a program's: {message.author}"
    if rules["subjects"].match(message.subject[:_LONGEST]):
        return "the subject is one that programs write"
    return "a script lists the patches that were taken" if _lists_taken(message.body) else ""


def _lists_taken(body: str) -> bool:
    """Whether what is not quoted lists patches, each with its commit, under no more words than that they went in."""
    lines = [line[:_LONGEST] for line in body.split("\n") if line.strip() and not line.startswith(">")]
    first = next((at for at, line in enumerate(lines) if _TAKEN.match(line)), None)
    if first is None or not any(_COMMIT.match(line) for line in lines[first + 1 : first + 4]):
        return False
    begins = _rules()["taken"]
    return all(begins.match(line.strip()) for line in lines[:first])
