"""In: a mail on stdin. Out: what is open or refuted in its thread, as a result of b4's external check protocol."""

from __future__ import annotations

import re
import sys

import click

from kb.errors import StoreError, UsageError
from kb.reading import reading
from tui.cli.options import Command, Confidence, Settings

_NAMED = re.compile(r"<\s*([^<>\s]+)\s*>")


@click.command(
    "b4-check",
    cls=Command,
    short_help="What is open in a patch's thread, for b4 review.",
    examples=(
        ("threadkb b4-check < cover.eml", "what b4 is told of this series"),
        ("threadkb b4-check --min-confidence 0.8 < cover.eml", "of surer items only"),
    ),
    exits={0: "a result was printed, whatever it says."},
)
@click.option(
    "--min-confidence",
    type=Confidence(),
    default=0.5,
    show_default=True,
    help="Only items found with at least this confidence.",
)
@click.option("--json", "_as_json", is_flag=True, help="Changes nothing: b4 reads JSON, so that is what is printed.")
@click.pass_obj
def b4_check(settings: Settings, min_confidence: float, _as_json: bool) -> None:
    """Read one mail from stdin and print what is open or refuted below it as b4's review screen reads it.

    \b
    b4 runs it when git's configuration names it:
      git config b4.review-series-check-cmd 'threadkb b4-check'
      git config b4.review-perpatch-check-cmd 'threadkb b4-check'

    The mail's Message-ID is looked up in the knowledge base: for the first mail of a thread all of the thread counts,
    for another one the replies below it. The result is a JSON array of one object: tool, status, summary ("2 open
    questions, 1 claim refuted"), url, details. The status is fail where a check refutes what still stands in the
    thread, warn where a question, an action or a dispute is open, and pass where nothing is. A mail that is not here,
    or a knowledge base that cannot be read, is a warning that says so. b4 keeps results: R in its screen asks again.
    """
    if sys.stdin.isatty():
        raise UsageError("stdin", "holds no mail", "pipe one in: `threadkb b4-check < cover.eml`")
    from kb.export.checks import result, results

    name = _message_id(sys.stdin.buffer.read())
    try:
        with reading(settings.path) as reader:
            found = results(reader, name, confidence=min_confidence)
    except StoreError as wrong:
        found = [result("warn", str(wrong))]
    settings.output().json(found)


def _message_id(mail: bytes) -> str:
    """The Message-ID in a mail's head without angle brackets; "" where there is none."""
    from email.parser import BytesHeaderParser

    value = str(BytesHeaderParser().parsebytes(mail).get("Message-ID", ""))
    named = _NAMED.search(value)
    return named[1] if named else "".join(value.split()).strip("<>")
