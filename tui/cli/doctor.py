"""In: this machine and the database. Out: what works, what does not, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict

import click

from kb.errors import Exit
from tui.cli import examination
from tui.cli.examination import Health
from tui.cli.layout import Role, wrap
from tui.cli.options import Command, Settings, with_json

_ROLES = {Health.OK: Role.GOOD, Health.ABSENT: Role.OPEN, Health.WRONG: Role.BAD}
_HEALTH, _NAME = 7, 24
_INDENT = _HEALTH + 1 + _NAME


@click.command(
    cls=Command,
    short_help="Look over this installation and the database, and say what to do.",
    examples=(
        ("threadkb doctor", "everything"),
        ("threadkb doctor --json | jq '.[] | select(.health==\"wrong\")'", "only what is wrong"),
    ),
    exits={0: "nothing is wrong; something optional may be absent.", 1: "something is wrong."},
)
@with_json
@click.pass_obj
def doctor(settings: Settings, as_json: bool) -> int:
    """Look over this installation and the database, and say what to do.

    Piped, one line a finding: name, ok|absent|wrong, what was found, what to do, set off by tabs.
    """
    out = settings.output()
    path = settings.path
    found = [
        *examination.machine(),
        *examination.parts(),
        *examination.database(path),
        *examination.bindings(path),
    ]
    if as_json:
        out.json([asdict(finding) for finding in found])
    elif out.tty:
        for finding in found:
            mark = out.paint(f"{finding.health:<{_HEALTH}}", _ROLES[finding.health])
            words = f"{finding.found}: {finding.todo}" if finding.todo else finding.found
            first, *rest = wrap(words, out.width, indent=" " * _INDENT) or [""]
            out.line(f"{mark} {finding.name:<{_NAME}}{first.strip()}")
            out.lines(rest)
    else:
        for finding in found:
            out.fields(finding.name, finding.health, finding.found, finding.todo or "-")
    return Exit.FAILURE if any(finding.health == Health.WRONG for finding in found) else Exit.OK
