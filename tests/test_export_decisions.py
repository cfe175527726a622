"""Decision records: a file each, with a name that stays, and nothing in a mail that adds to their structure."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from kb.export.adr import file_name, is_ours
from kb.reading import reading
from kb.records import Item, ItemKind, Relation, Verdict
from kb.store.writing import writing
from tests.support.command_line import Ran, here
from tests.support.threads import derived, item, link, message, run, small_base

Capture = pytest.CaptureFixture[str]


def _export(capsys: Capture, path: Path, folder: Path, *more: str) -> Ran:
    return here(capsys, "export", "decisions", "--out", folder, "--db", path, *more)


def _record(folder: Path, of: Item) -> str:
    (path,) = folder.glob(f"*{of.id}.md")
    return path.read_text(encoding="utf-8")


def _review(path: Path) -> dict[str, Item]:
    """A question with two rival decisions; the later replaces the first, is agreed to and leads to a promise."""
    mails = [
        message(0, "The lock is taken twice.\nWho shall drop it?\n"),
        message(1, "The caller should drop it before it returns.\n", author="Ben Sample"),
        message(2, "Let us drop it in the callee at the end instead.\n", author="Cleo Sample"),
        message(3, "Sounds good.\nI will send a v2.\n"),
        message(4, "The callee cannot know that.\n", author="Dan Sample"),
    ]
    named = {
        "twice": item(ItemKind.CLAIM, mails[0], "The lock is taken twice."),
        "who": item(ItemKind.QUESTION, mails[0], "Who shall drop it?"),
        "caller": item(ItemKind.DECISION, mails[1], "The caller should drop it before it returns."),
        "callee": item(ItemKind.DECISION, mails[2], "Let us drop it in the callee at the end instead."),
        "good": item(ItemKind.DECISION, mails[3], "Sounds good."),
        "v2": item(ItemKind.ACTION, mails[3], "I will send a v2."),
        "cannot": item(ItemKind.CLAIM, mails[4], "The callee cannot know that."),
    }
    links = [
        link(named["caller"], Relation.ANSWERS, named["who"]),
        link(named["callee"], Relation.ANSWERS, named["who"]),
        link(named["twice"], Relation.MOTIVATES, named["callee"]),
        link(named["callee"], Relation.SUPERSEDES, named["caller"]),
        link(named["good"], Relation.ACCEPTS, named["callee"]),
        link(named["callee"], Relation.MOTIVATES, named["v2"]),
        link(named["cannot"], Relation.DISPUTES, named["callee"]),
    ]
    with writing(path) as writer:
        writer.add_thread(derived(mails, list(named.values()), links))
        writer.add_run(run(named["twice"], Verdict.VERIFIED))
    return named


def _sections(text: str) -> dict[str, str]:
    parts = text.split("\n## ")
    return {part.partition("\n")[0]: part.partition("\n")[2].replace("\\", "") for part in parts[1:]}


def test_record_tells_context_options_outcome_and_consequences(capsys: Capture, tmp_path: Path) -> None:
    named = _review(tmp_path / "kb.sqlite")
    ran = _export(capsys, tmp_path / "kb.sqlite", tmp_path / "adr")
    assert ran.code == 0
    assert sorted(ran.out.split()) == sorted(str(path) for path in (tmp_path / "adr").iterdir())
    text = _record(tmp_path / "adr", named["callee"])
    assert text.startswith(
        '---\nstatus: "accepted"\ndate: 2024-05-01\ndecision-makers: ["Cleo Sample", "Ada Example"]\n'
        'consulted: ["Dan Sample"]\n---\n\n# Let us drop it in the callee at the end instead.\n'
    )
    found = _sections(text)
    assert list(found) == [
        "Context and Problem Statement", "Considered Options", "Decision Outcome", "More Information",
    ]  # fmt: skip
    assert "Who shall drop it?" in found["Context and Problem Statement"]
    assert "The lock is taken twice." in found["Context and Problem Statement"]
    assert "check: verified" in found["Context and Problem Statement"]
    options = [line for line in found["Considered Options"].splitlines() if line.startswith("* ")]
    assert ["The caller should drop it" in line for line in options] == [False, True]
    assert f"({file_of(tmp_path, named['caller'])})" in options[1]
    outcome, _, consequences = found["Decision Outcome"].partition("### Consequences")
    assert "Chosen option: “Let us drop it in the callee at the end instead.”" in outcome
    assert "Sounds good." in outcome.partition("Who agreed:")[2].partition("Who objected:")[0]
    assert "The callee cannot know that." in outcome.partition("Who objected:")[2]
    assert "It leads to “I will send a v2.”" in consequences
    assert "It replaces “The caller should drop it" in consequences


def file_of(tmp_path: Path, of: Item) -> str:
    with reading(tmp_path / "kb.sqlite") as reader:
        view = reader.item(of.id)
        assert view is not None
        return file_name(view)


def test_replaced_decision_names_the_record_of_what_replaced_it(capsys: Capture, tmp_path: Path) -> None:
    named = _review(tmp_path / "kb.sqlite")
    _export(capsys, tmp_path / "kb.sqlite", tmp_path / "adr")
    name = file_of(tmp_path, named["callee"])
    assert name == f"2024-05-01-let-us-drop-it-in-the-callee-at-the-end-instead-{named['callee'].id}.md"
    assert f'status: "superseded by {name}"' in _record(tmp_path / "adr", named["caller"])
    for path in (tmp_path / "adr").iterdir():
        text = path.read_text(encoding="utf-8")
        for target in text.split("](")[1:]:
            assert (tmp_path / "adr" / target.partition(")")[0]).is_file()


def test_few_words_of_assent_have_no_record_of_their_own(capsys: Capture, tmp_path: Path) -> None:
    named = _review(tmp_path / "kb.sqlite")
    _export(capsys, tmp_path / "kb.sqlite", tmp_path / "adr")
    assert not list((tmp_path / "adr").glob(f"*{named['good'].id}*"))


def test_written_again_nothing_changes_and_what_is_gone_is_named(capsys: Capture, tmp_path: Path) -> None:
    _review(tmp_path / "kb.sqlite")
    folder = tmp_path / "adr"
    first = json.loads(_export(capsys, tmp_path / "kb.sqlite", folder, "--json").out)
    assert [row["changed"] for row in first] == [True, True]
    before = {path: path.read_bytes() for path in folder.iterdir()}
    again = json.loads(_export(capsys, tmp_path / "kb.sqlite", folder, "--json").out)
    assert [row["changed"] for row in again] == [False, False]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    (folder / "README.md").write_text("mine\n")
    only = _export(capsys, tmp_path / "kb.sqlite", folder, "--state", "accepted")
    assert len(only.out.split()) == 1
    assert only.err.count("was not written this time") == 1
    assert len(list(folder.iterdir())) == 3


def test_names_are_plain_whatever_was_said(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    words = ["../../etc/passwd is it", "CON", "é", "\u202e\x1b[2J", "x" * 300, "a/b\\c:d*e?f", "-rf ~", "."]
    mail = message(0, "\n\n".join(words) + "\n")
    with writing(path) as writer:
        writer.add_thread(derived([mail], [item(ItemKind.DECISION, mail, each) for each in words]))
    with reading(path) as reader:
        names = [file_name(view) for view in reader.items()]
    assert len(set(names)) == len(words)
    for name in names:
        assert is_ours(name) and len(name) < 100, name
    assert not is_ours("README.md") and not is_ours("2024-05-01-notes.md")


HOSTILE = [
    "# Heading", "---\nstatus: accepted", "- item", "1. item", "> quote", "| a | b |", "<b>bold</b>",
    "<script>x</script>", "![x](http://e.org/x.png)", "[x](javascript:1)", "http://e.org", "`code`", "*a* _b_",
    "\x1b[2J", "a\u202eb", "```", '"]\nstatus: "x', "`> <x", "***",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_mail_add_to_a_record(capsys: Capture, tmp_path: Path, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    mails = [
        replace(message(0, f"{words} one\n\n{words} two\n", author=words), subject=words),
        message(1, f"{words} three it is then, and so on\n", author=words),
    ]
    named = [
        item(ItemKind.DECISION, mails[0], f"{words} one"),
        item(ItemKind.CLAIM, mails[0], f"{words} two"),
        item(ItemKind.DECISION, mails[1], f"{words} three it is then, and so on"),
    ]
    links = [link(named[1], Relation.MOTIVATES, named[0]), link(named[2], Relation.REJECTS, named[0])]
    with writing(path) as writer:
        writer.add_thread(derived(mails, named, links))
        writer.add_run(run(named[1], Verdict.REFUTED, summary=words))
        writer.add_run(run(named[0], Verdict.REFUTED, summary=words))
    assert _export(capsys, path, tmp_path / "adr").code == 0
    for each in (named[0], named[2]):
        text = _record(tmp_path / "adr", each)
        assert "\x1b" not in text and "\u202e" not in text
        _, front, body = text.split("---\n", 2)
        assert [line.partition(":")[0] for line in front.splitlines()][:3] == ["status", "date", "decision-makers"]
        for line in front.splitlines():
            if not line.startswith("date"):
                json.loads(line.partition(": ")[2])
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
        kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
        assert kinds <= {"heading", "paragraph", "bullet_list", "list_item", "inline"}
        heads = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
        assert heads[1:] in (
            ["Context and Problem Statement", "Considered Options", "Decision Outcome", "More Information"],
            [
                "Context and Problem Statement", "Considered Options", "Decision Outcome", "Consequences",
                "More Information",
            ],
        )  # fmt: skip
        hrefs = {str(c.attrs.get("href")) for t in tokens for c in t.children or () if c.type == "link_open"}
        assert all(is_ours(href) for href in hrefs)
        assert not {c.type for t in tokens for c in t.children or ()} & {"html_inline", "image"}


def test_folder_that_is_a_file_or_cannot_be_written_is_said(capsys: Capture, tmp_path: Path) -> None:
    small_base(tmp_path / "kb.sqlite")
    (tmp_path / "file").write_text("x")
    ran = _export(capsys, tmp_path / "kb.sqlite", tmp_path / "file")
    assert ran.code == 2 and "is a file; name a folder" in ran.one_line()
    ran = _export(capsys, tmp_path / "kb.sqlite", tmp_path / "file" / "below")
    assert ran.code == 1 and "cannot be made" in ran.one_line()
    if os.geteuid():
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        ran = _export(capsys, tmp_path / "kb.sqlite", locked)
        assert ran.code == 1 and "cannot be written" in ran.one_line()


def test_folder_is_required(capsys: Capture, tmp_path: Path) -> None:
    small_base(tmp_path / "kb.sqlite")
    ran = here(capsys, "export", "decisions", "--db", tmp_path / "kb.sqlite")
    assert ran.code == 2 and "--out" in ran.one_line()
