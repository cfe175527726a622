"""In: `--reader`, `--reader-model` and the environment. Out: the reader they name, and what it did in words.

Without a URL there is no reader and nothing is sent; the key comes from the environment alone and is never shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui.cli.itemlines import counted

if TYPE_CHECKING:
    from ingest.reader.reading import Reader, Tally

_F = TypeVar("_F", bound=Callable[..., Any])


def with_reader(function: _F) -> _F:
    """The options that name a reader."""
    function = click.option(
        "--reader-model",
        metavar="NAME",
        envvar="THREADKB_READER_MODEL",
        default="",
        help="The model to ask there; ollama and remote servers need it.  [env: THREADKB_READER_MODEL]",
    )(function)
    return click.option(
        "--reader",
        metavar="URL",
        envvar="THREADKB_READER",
        default="",
        help=(
            "Let a language model find the items: an OpenAI-compatible endpoint, such as http://localhost:8080 of "
            "llama.cpp or http://localhost:11434 of ollama. Subjects, names, dates and words of the mails are sent "
            "there, and to no other place; without this option nothing is sent anywhere. "
            "THREADKB_READER_KEY holds its key, if it needs one. '' switches it off.  [env: THREADKB_READER]"
        ),
    )(function)


def reader_of(url: str, model: str, tell: Callable[[str], None]) -> Reader | None:
    """The reader at `url`; None for none. `tell` is told of each mail. Raises UsageError for a URL that will not do."""
    if not url.strip():
        return None
    from ingest.reader.endpoint import KEY_VARIABLE, endpoint_of
    from ingest.reader.reading import Reader

    return Reader(endpoint_of(url, model=model, key=os.environ.get(KEY_VARIABLE, "").strip()), tell=tell)


def told(tally: Tally) -> Iterator[str]:
    """What a reader did, a sentence a line."""
    if read := tally.asked + tally.kept - tally.failed:
        found = f"{counted(read, 'passage')} ({tally.kept} from the cache)"
        yield f"{tally.by} read {found} and found {counted(tally.items, 'item')}"
    dropped = [
        f"{tally.loose} whose words do not stand in their mail" if tally.loose else "",
        f"{tally.malformed} of unknown kind, state or relation" if tally.malformed else "",
    ]
    if any(dropped):
        yield f"dropped from its answers: {', '.join(filter(None, dropped))}"
    if tally.failed:
        reasons = ", ".join(f"{why} ({count})" for why, count in tally.why.items())
        yield f"threadkb read {counted(tally.failed, 'passage')} itself: {reasons}"
        yield from tally.told
