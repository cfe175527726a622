"""Whatever strangers write, no command puts a character that a terminal acts on on stdout or stderr.

The commands come from the command line itself, so that a new one is walked without being named here.
"""

from __future__ import annotations

import io
import shutil
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ingest import pipeline
from ingest.sources import read
from kb.reading import reading
from tests.support.command_line import here
from tests.support.mails import mail
from tui.cli import root

POISON = "\x1b[31mred \x1b]8;;http://x\x07 \x1b]52;c;AA==\x07 \u202egnp\u202c \x9b1m z\u200bw [bold]x[/] <script> =1+1"
BODIES = (
    f"The lock is taken twice {POISON} in the fast path. Why do we need the second {POISON} one?\n",
    f"> Why do we need the second {POISON} one?\n\nThe caller {POISON} does not hold it.\n\n"
    f"Acked-by: {POISON} <b@example.org>\n",
    f"> The caller {POISON} does not hold it.\n\nI think we should drop it {POISON} then. Please test {POISON} this.\n",
)
NEVER = {"demo": "strangers' words are not in it", "browse": "a screen, with tests of its own"}


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))
    else:
        yield path, group


WALKED = [(path, command) for path, command in commands(root()) if " ".join(path) not in NEVER]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "mails.mbox").write_bytes(
        b"".join(
            b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
            + mail(
                n, body, parent=n - 1 if n else None, subject=f"[PATCH {POISON}] a", author=f"A {POISON} <a{n}@x.org>"
            )
            + b"\n"
            for n, body in enumerate(BODIES)
        )
    )
    pipeline.ingest(folder / "kb.sqlite", read(str(folder / "mails.mbox")))
    return folder


def _bad(text: str) -> set[str]:
    return {c for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}


def _argument_lists(command: click.Command, ids: dict[str, str], folder: Path) -> Iterator[list[str]]:
    """Real arguments, then a stranger's words in their place; each with every choice that an option has."""
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    real = []
    for one in arguments:
        if isinstance(one.type, click.Choice):
            real.append(one.type.choices[0])
        elif one.name in ("sources", "file", "thread") and one.required:
            real.append(str(folder / "mails.mbox"))
        elif one.name in ("threads", "thread", "old", "new"):
            real.append(ids["thread"])
        else:
            real.append(ids["item"])
    options: list[list[str]] = [[]]
    for option in (one for one in command.params if isinstance(one, click.Option)):
        name = option.opts[-1]
        if isinstance(option.type, click.Choice) and name != "--color":
            options += [[name, str(choice)] for choice in option.type.choices]
        elif name in ("--json", "--verbose", "--dry-run", "--once", "--conflicts"):
            options.append([name])
    required = [v for one in command.params if isinstance(one, click.Option) and one.required for v in _given(one)]
    for chosen in options:
        yield [*real, *required, *chosen]
    if arguments:
        yield [*(POISON for _ in arguments), *required]


def _given(option: click.Option) -> list[str]:
    value = str(option.type.choices[0]) if isinstance(option.type, click.Choice) else POISON
    return [option.opts[-1], value]


@pytest.mark.parametrize(("path", "command"), WALKED, ids=[" ".join(path) for path, _ in WALKED])
def test_no_command_lets_a_strangers_character_reach_the_terminal(
    path: tuple[str, ...],
    command: click.Command,
    base: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = mail(9, BODIES[0], subject=POISON)
    with reading(base / "kb.sqlite") as reader:
        ids = {"thread": reader.threads()[0].id, "item": reader.items()[0].id}
    for number, arguments in enumerate(_argument_lists(command, ids, base)):
        db = tmp_path / f"{number}.sqlite"
        shutil.copyfile(base / "kb.sqlite", db)
        if path == ("watch",):
            arguments = [*arguments, "--once"]
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        ran = here(capsys, *path, *arguments, "--db", db)
        assert ran.code in (0, 1, 2), (arguments, ran.err)
        assert not _bad(ran.out), (arguments, _bad(ran.out))
        assert not _bad(ran.err), (arguments, _bad(ran.err))


def test_the_base_holds_the_poison(base: Path) -> None:
    with reading(base / "kb.sqlite") as reader:
        assert any(_bad(item.quote) for item in reader.items())
        assert _bad(reader.threads()[0].subject)
