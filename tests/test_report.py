"""The Markdown report says it all, what disagrees first, and no mail can add to its structure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kb import ids
from kb.attention import disagreements
from kb.export.report import escaped, markdown
from kb.reading import reading
from kb.records import Evidence, Item, ItemKind, Outcome, Strength, Verdict
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.threads import derived, item, message, run, small_base

Capture = pytest.CaptureFixture[str]
KINDS = {"arithmetic": "arithmetic", "model": "model", "timing": "model", "source": "source", "all-of": "several"}


def _heads(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_report_puts_disagreements_first(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        text = markdown(reader, reader.threads()[0].id, kinds=KINDS)
        assert [(i.id, words) for i, words in disagreements(reader.items())] == [
            (named["never"].id, "uncontested in the thread, refuted by the check")
        ]
    assert _heads(text)[1:] == [
        "## Where the thread and a check disagree (1)",
        "## Decisions: accepted (2)",
        "## Decisions: proposed (1)",
        "## Disputed claims (1)",
        "## Actions not done (1)",
        "## Checked by arithmetic (1)",
    ]
    assert "Sounds good" in text
    assert "**uncontested in the thread, refuted by arithmetic** (arithmetic, exact): `c-" in text


def _base(path: Path) -> dict[str, Item]:
    """Claims with a verdict by each kind of evidence, and words that no item has."""
    words = {
        "arithmetic": "The sum is right.",
        "model": "It never ends.",
        "source": "a() calls b().",
        "all-of": "It does both.",
        "mine": "It is fast.",
    }
    mail = message(0, "\n\n".join(words.values()) + "\n\nOnly a binding names this.\n")
    named = {hook: item(ItemKind.CLAIM, mail, said) for hook, said in words.items()}
    lines = tuple(Evidence("step", f"step {number}", "someone") for number in range(7))
    with writing(path) as writer:
        writer.add_thread(derived([mail], list(named.values())))
        for hook, of in named.items():
            made = run(of, Verdict.VERIFIED if hook != "source" else Verdict.INCONCLUSIVE, summary=f"by {hook}")
            outcome = replace(made.outcome, evidence=lines, assumptions=("all are alike", f"{hook} is trusted"))
            writer.add_run(replace(made, check=hook, outcome=outcome))
        bare = ids.item_id(mail.message_id, ItemKind.CLAIM, "Only a binding names this.")
        extra = run(named["model"], Verdict.REFUTED, summary="by a binding")
        writer.add_run(
            replace(
                extra, item_id=bare, quote="Only a binding names this.", check="model", bound_by="hand: so (a tester)"
            )
        )
    return named


def test_report_has_a_section_for_each_kind_of_evidence_refutations_first(tmp_path: Path) -> None:
    _base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        text = markdown(reader, reader.threads()[0].id, kinds=KINDS)
    assert _heads(text)[1:] == [
        "## Checked by arithmetic (1)",
        "## Checked by a model (2)",
        "## Checked by source (1)",
        "## Checked in several ways (1)",
        "## Checked otherwise (1)",
    ]
    models = text.partition("## Checked by a model")[2].partition("\n## ")[0]
    assert models.index("**refuted**") < models.index("**verified**")
    assert "no item has these words, a binding names them" in models
    assert "1 verified, 1 refuted." in models


def test_report_shows_a_few_lines_of_evidence_and_says_where_the_rest_is(tmp_path: Path) -> None:
    named = _base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        text = markdown(reader, reader.threads()[0].id, kinds=KINDS)
        short = reader.shown(named["source"].id)
    section = text.partition("## Checked by source")[2].partition("\n## ")[0]
    assert [line.strip() for line in section.splitlines() if "step" in line] == [
        f"- step: step {number} (someone)" for number in range(4)
    ]
    assert f"3 more lines of evidence: `threadkb show {short} -v`" in section
    assert "assumes: all are alike; source is trusted" in section


def test_what_all_of_a_section_assume_stands_over_it_once(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    mail = message(0, "One is one.\n\nTwo is two.\n")
    named = [item(ItemKind.CLAIM, mail, words) for words in ("One is one.", "Two is two.")]
    with writing(path) as writer:
        writer.add_thread(derived([mail], named))
        for of, own in zip(named, ("first", "second"), strict=True):
            made = run(of, Verdict.VERIFIED)
            writer.add_run(replace(made, outcome=replace(made.outcome, assumptions=("the sky is blue", own))))
    with reading(path) as reader:
        text = markdown(reader, reader.threads()[0].id, kinds=KINDS)
    assert text.count("the sky is blue") == 1
    assert text.index("the sky is blue") < text.index("One is one.")
    assert "assumes: first" in text and "assumes: second" in text


def test_report_as_json_has_the_same_as_objects(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path)
    found = json.loads(here(capsys, "export", "report", "--json", "--db", path).out)
    assert list(found["by_evidence"]) == ["arithmetic", "model", "source", "several", "other"]
    first = found["by_evidence"]["model"]["entries"][0]
    assert (first["kind"], first["state"], first["run"]["verdict"], first["run"]["extracted"]) == (
        "words",
        None,
        "refuted",
        False,
    )
    assert found["markdown"] == here(capsys, "export", "report", "--db", path).out
    assert found["checked"] == 6


HOSTILE = [
    "# Heading", "- item", "1. item", "12) item", "+ item", "> quote", "| a | b |", "<b>bold</b>", "<script>x</script>",
    "![x](http://e.org/x.png)", "[x](javascript:1)", "<http://e.org>", "http://e.org", "www.e.org", "`code`", "*a* _b_",
    "~~gone~~", "&lt;b&gt;", "a\\", "[x]: http://e.org", "***", "---", "===", "```", "    code", "\x1b[2J", "me@e.org",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_mail_add_markup(tmp_path: Path, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    mail = message(0, f"{words}\n", author=words.strip(), subject=words)
    of = item(ItemKind.CLAIM, mail, words)
    with writing(path) as writer:
        writer.add_thread(derived([replace(mail, subject=words)], [of]))
        made = run(of, Verdict.REFUTED, summary=words)
        evidence = (Evidence(words, words, words), Evidence("note", words))
        outcome = Outcome(Verdict.REFUTED, Strength.EXACT, words, evidence, (words,))
        writer.add_run(replace(made, outcome=outcome, check=words, bound_by=f"hand: {words}"))
    with reading(path) as reader:
        text = markdown(reader, reader.threads()[0].id)
    assert "\x1b" not in text
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    inner = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"heading", "paragraph", "bullet_list", "list_item", "inline"}
    assert inner <= {"text", "softbreak", "hardbreak", "code_inline", "strong_open", "strong_close", "text_special"}
    assert [token.content for n, token in enumerate(tokens) if tokens[n - 1].type == "heading_open"][1:] == [
        "Where the thread and a check disagree (1)"
    ]
    assert all("http://" not in line and "www." not in line for line in text.splitlines())


@given(st.text())
def test_escaped_text_is_one_line_without_live_markup(text: str) -> None:
    line = escaped(text)
    assert "\n" not in line
    bare = line.replace("\\\\", "")
    for mark in "`*_[]<>#&":
        assert f"\\{mark}" in bare or mark not in bare
    tokens = MarkdownIt("commonmark").parse(line)
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
