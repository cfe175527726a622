"""In: click's machinery. Out: the options that all commands share, and commands whose help teaches.

Options that hold everywhere may stand before or after the command's name; the one nearer the end wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from kb.location import VARIABLE, database_path
from tui.cli.output import Output

EVERYWHERE = "Everywhere"
_AGO = re.compile(r"(\d{1,5})\s*(h|hours?|d|days?|w|weeks?|months?|y|years?)(?:\s+ago)?")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


@dataclass(slots=True)
class Settings:
    """What the options that hold everywhere were set to."""

    db: str | None = None
    color: str = "auto"
    verbose: bool = False

    @property
    def path(self) -> Path:
        """The database's file."""
        return database_path(self.db)

    def output(self) -> Output:
        """stdout as these settings want it."""
        return Output(color=self.color)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        settings = ctx.find_root().ensure_object(Settings)
        if value:
            setattr(settings, name, value)

    return keep


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("threadkb")
    except PackageNotFoundError:
        number = "(not installed)"
    Output().line(f"threadkb {number}")
    ctx.exit()


def _everywhere() -> list[click.Option]:
    return [
        click.Option(
            ["--db"],
            metavar="FILE|URL",
            callback=_keep("db"),
            expose_value=False,
            help=f"The database: a file or a sqlite:/// URL.  [env: {VARIABLE}; default: in your data directory]",
        ),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            callback=_keep("color"),
            expose_value=False,
            help="Colours; auto means on a terminal, unless NO_COLOR is set or TERM is dumb.",
        ),
        click.Option(
            ["-v", "--verbose"],
            is_flag=True,
            callback=_keep("verbose"),
            expose_value=False,
            help="Say on stderr what is being done, a line a step; `show` leaves no evidence out.",
        ),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            callback=_version,
            expose_value=False,
            help="Print the version and stop.",
        ),
    ]


class _Taught(click.Command):
    """A command whose help has examples and says what its exit codes mean."""

    def __init__(self, *given: Any, examples: tuple[tuple[str, str], ...], exits: dict[int, str], **named: Any) -> None:
        named.setdefault("context_settings", {"help_option_names": ["-h", "--help"], "max_content_width": 100})
        super().__init__(*given, **named)
        self.examples, self.exits = examples, exits
        self._shared = _everywhere()
        self.params = [*self.params, *self._shared]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own: list[tuple[str, str]] = []
        shared: list[tuple[str, str]] = []
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                is_shared = parameter in self._shared or record[0].startswith("-h")
                (shared if is_shared else own).append(record)
        with formatter.section("Examples"):
            formatter.write_dl([(command, words) for command, words in self.examples], col_max=58)
        if own:
            with formatter.section("Options"):
                formatter.write_dl(own)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        with formatter.section(EVERYWHERE):
            formatter.write_dl(shared)
        with formatter.section("Exit status"):
            codes = {0: "done.", 2: "the command was typed wrongly or names something that does not exist."}
            codes = {**codes, **self.exits}
            formatter.write_dl([(str(code), codes[code]) for code in sorted(codes)])


class Command(_Taught):
    """One command."""


class Family(_Taught, click.Group):
    """Commands under one name."""


_F = TypeVar("_F", bound=Callable[..., Any])


def with_json(function: _F) -> _F:
    """The `--json` flag."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")(function)


def in_thread(function: _F) -> _F:
    """The `--thread` option."""
    return click.option(
        "--thread", metavar="ID|WORDS", help="Only this thread: an id, a Message-ID or words of its subject."
    )(function)


def with_hooks(function: _F) -> _F:
    """The `--hooks` option."""
    return click.option(
        "--hooks",
        "hook_folders",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="DIR",
        help="Hooks of your own in the Python files of DIR, too; may be given again.  [env: THREADKB_HOOKS]",
    )(function)


class Confidence(click.ParamType[float]):
    """A number from 0 to 1."""

    name = "0..1"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:  # a comparison with NaN is false too
            self.fail(f"'{value}' is no number from 0 to 1", param, ctx)
        return number


def with_min_confidence(function: _F) -> _F:
    """The `--min-confidence` option."""
    return click.option("--min-confidence", type=Confidence(), help="Only items found with at least this confidence.")(
        function
    )


class Since(click.ParamType[str]):
    """A day or time, written as a date or as how long ago; comes out as ISO 8601 in UTC.

    With `last` the word "last" is taken too, and comes out as it is.
    """

    name = "date"
    LAST = "last"

    def __init__(self, *, last: bool = False) -> None:
        self._last = last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip().casefold()
        if self._last and text == self.LAST:
            return text
        now = datetime.now(UTC)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            if text in ("today", "yesterday"):
                when = midnight - timedelta(days=text == "yesterday")
            elif ago := _AGO.fullmatch(text):
                when = now - timedelta(hours=int(ago[1]) * _HOURS[ago[2][0]])
            else:
                when = datetime.fromisoformat(text.upper())
                when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is no date; write 2024-10-20, 3d, 2w or '3 days ago'", param, ctx)
        return when.isoformat(timespec="seconds")
