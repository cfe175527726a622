"""In: corrections in a database, annotated threads. Out: models that lean towards them, in the user's folder."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.errors import Exit, StoreError
from kb.visible import one_line
from tui.cli import narration
from tui.cli.itemlines import counted
from tui.cli.narration import Progress
from tui.cli.options import Command, Settings, with_json

if TYPE_CHECKING:
    from ingest.learning import Agreement, Reread


@click.command(
    "learn",
    cls=Command,
    short_help="Let your corrections teach how to read other mail.",
    examples=(
        ("threadkb learn", "from every correction in the database"),
        ("threadkb learn --out ~/models/mine", "into another folder"),
        ("threadkb learn --threads ~/annotated", "from threads that you annotated, too"),
        ("threadkb learn --json | jq .agreement", "whether it helps, in figures"),
    ),
    exits={
        0: "learnt and written.",
        1: "there are too few corrections, or learning makes it worse, and nothing was written; or files failed.",
    },
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the learnt models go.  [default: model in your data directory]",
)
@click.option(
    "--threads",
    "folders",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Annotated threads as further examples; may be given again.",
)
@click.option("--anyway", is_flag=True, help="Write them even if they agree less with corrections that were left out.")
@with_json
@click.pass_obj
def learn(settings: Settings, out: Path | None, folders: tuple[Path, ...], anyway: bool, as_json: bool) -> int:
    """Move the models that come with threadkb towards what you confirmed, rejected, edited, added and linked.

    Nothing is learnt unless you ask, and nothing uses what was learnt unless you set THREADKB_MODEL to the folder. The
    models that come with threadkb are the start each time. Whether it helps is measured on corrections that are left
    out of learning: a thread at a time, or a fifth of the mails where they are of fewer than three threads.

    --threads DIR holds threads/NAME.mbox and gold/NAME.gold.jsonl, or both files itself, as `threadkb eval` reads them.
    Two such threads or more also show whether it helps: each is read by models that learnt from the others.
    """
    from ingest.annotated import places_in, read
    from ingest.learning import LEAST, learnt
    from ingest.learning_base import digest, folder_for, keep, taught_in
    from ingest.lessons import Studied
    from ingest.softmax import bundled
    from ingest.taught import counted as by_verb

    folder = folder_for(out)
    with Progress(verbose=settings.verbose) as progress:
        threads = []
        for place in places_in(folders) if folders else ():
            progress(f"reading the annotated thread {one_line(place.name)}")
            threads.append(Studied.of(read(place)))
        taught = () if threads and not settings.path.exists() else taught_in(settings.path, progress)
        examples = sum(len(one.words) + len(one.links) for one in taught)
        beyond = sum(one.beyond for one in taught)
        if examples < LEAST and not threads:
            have = f"holds {counted(examples, 'correction')} to learn from, and it takes {LEAST}"
            raise StoreError(str(settings.path), have, "confirm, reject, edit or add items with `threadkb correct`")
        progress(f"learning from {examples} corrections and {counted(len(threads), 'annotated thread')}")
        start = bundled()
        result = learnt(taught, start, threads)
    counts, agreement = by_verb(taught), result.agreement
    written = anyway or not result.worse
    card = {
        "examples": counts,
        "beyond": beyond,
        "agreement": asdict(agreement) if agreement is not None else None,
        "threads": [one.one.name for one in threads],
        "reread": asdict(result.reread) if result.reread is not None else None,
        "start": digest(start),
    }
    if written:
        keep(folder, result.models, card)
    printed = settings.output()
    if as_json:
        printed.json({**card, "folder": str(folder) if written else None})
    else:
        if examples or not threads:
            printed.line(f"{counted(examples, 'correction')} to learn from: {_counts(counts)}")
        if threads:
            names = ", ".join(one_line(one.one.name) for one in threads)
            printed.line(f"{counted(len(threads), 'annotated thread')} to learn from: {names}")
        if beyond:
            printed.line(f"{beyond} more teach nothing: no span or pair that is ever asked about fits them")
        if examples or not threads:
            printed.line(_told(agreement))
        if threads:
            printed.line(_reread(result.reread))
        if written:
            printed.line(f"written to {one_line(str(folder))}")
    if written:
        narration.say(f"THREADKB_MODEL={shlex.quote(str(folder))} threadkb rebuild reads all mail with it")
        return Exit.OK
    narration.say("nothing was written, since it would make it worse; --anyway writes it")
    return Exit.FAILURE


def _counts(counts: Mapping[str, Mapping[str, int]]) -> str:
    return "; ".join(
        f"{verb} {sum(kinds.values())}"
        + (f" ({', '.join(f'{kind} {count}' for kind, count in kinds.items())})" if set(kinds) != {"none"} else "")
        for verb, kinds in counts.items()
    )


def _told(agreement: Agreement | None) -> str:
    if agreement is None:
        return "too few corrections of items in different mails to tell whether it helps"
    what = "a thread at a time" if agreement.left_out == "thread" else "some mails at a time"
    return (
        f"of {agreement.asked} corrections of items, each left out of learning, {what}: "
        f"{agreement.before} right before, {agreement.after} after"
    )


def _reread(reread: Reread | None) -> str:
    if reread is None:
        return "one annotated thread alone cannot tell whether it helps"
    return (
        f"of {reread.threads} annotated threads, each left out of learning: "
        f"mean F1 {reread.before:.3f} before, {reread.after:.3f} after"
    )
