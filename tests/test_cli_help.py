"""In: the command line's own help. Out: proof that every command teaches: a sentence, examples, exits, `--json`."""

from __future__ import annotations

import shlex

import click
import pytest

from tests.support.command_line import apart, here
from tui.cli import root
from tui.cli.options import Command, Family
from tui.cli.reference import commands, markdown

ALL = list(commands())
NAMES = [path for path, _, _ in ALL]
LEAVES = [(path, command) for path, command, _ in ALL if isinstance(command, Command)]


@pytest.mark.parametrize(("path", "command", "text"), ALL, ids=NAMES)
def test_help_has_a_sentence_two_examples_and_exit_codes(path: str, command: click.Command, text: str) -> None:
    assert isinstance(command, Command | Family)
    assert command.help and command.help.split("\n\n")[0].rstrip().endswith((".", "keys."))
    assert len(command.examples) >= 2
    for typed, _ in command.examples:
        assert "threadkb " in typed
        assert typed.split("threadkb ")[1] in text
    for section in ("Examples:", "Everywhere:", "Exit status:", "--db", "-h, --help"):
        assert section in text, section
    codes = text.split("Exit status:")[1]
    assert "  0  " in codes
    assert "  2  " in codes


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[path for path, _ in LEAVES])
def test_every_example_of_a_command_is_a_command_line_that_parses(path: str, command: Command) -> None:
    for typed, _ in command.examples:
        own = typed[typed.index("threadkb ") :].removesuffix(')"')
        own = own.split(" | ")[0].split(" > ")[0].split(" < ")[0]
        words = shlex.split(own)[1:]
        assert f"threadkb {' '.join(words)}".startswith(path)
        arguments = words[len(path.split()) - 1 :]
        command.make_context(path, arguments, obj=root().make_context("threadkb", ["demo"]).obj)


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[path for path, _ in LEAVES])
def test_every_command_but_browse_takes_json(path: str, command: Command) -> None:
    flags = {flag for parameter in command.params for flag in parameter.opts}
    assert ("--json" in flags) is (path != "threadkb browse")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_data_on_stdout(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = here(capsys, "claims", flag)
    assert (ran.code, ran.err) == (0, "")
    assert "threadkb claims --state disputed" in ran.out


def test_bare_program_prints_usage_on_stderr_and_ends_with_two() -> None:
    ran = apart()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: threadkb")


def test_version_is_printed_before_or_after_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = here(capsys, "--version"), here(capsys, "claims", "--version")
    assert first == second
    assert first.code == 0
    assert first.out.startswith("threadkb ")


def test_reference_holds_every_command_once() -> None:
    text = markdown()
    assert [line[5:-1] for line in text.splitlines() if line.startswith("### `")] == NAMES
    assert len(set(NAMES)) == len(NAMES)


def test_completion_prints_a_script_for_each_shell(capsys: pytest.CaptureFixture[str]) -> None:
    for shell in ("bash", "zsh", "fish"):
        ran = here(capsys, "completion", shell)
        assert ran.code == 0
        assert f"_THREADKB_COMPLETE={shell}_complete" in ran.out


def test_completion_offers_commands_and_the_states_of_a_kind() -> None:
    ran = apart(_THREADKB_COMPLETE="bash_complete", COMP_WORDS="threadkb ques", COMP_CWORD="1")
    assert ran.out == "plain,questions\n"
    ran = apart(_THREADKB_COMPLETE="bash_complete", COMP_WORDS="threadkb questions --state ", COMP_CWORD="3")
    assert ran.out.split() == ["plain,open", "plain,answered", "plain,dropped"]


@pytest.mark.parametrize("path", ["threadkb hooks list", "threadkb hooks show", "threadkb completion"])
def test_every_example_that_needs_no_database_does_what_it_says(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = [command for name, command in LEAVES if name == path]
    ran = 0
    for typed, _ in command.examples:
        if typed.startswith("threadkb "):
            ran += 1
            ended = here(capsys, *shlex.split(typed.split(" > ")[0].split(" | ")[0])[1:])
            assert (ended.code, ended.err) == (0, ""), typed
            assert ended.out
    assert ran
