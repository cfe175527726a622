"""The Markdown report says it all, and no mail can add to its structure."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kb.attention import disagreements
from kb.export.report import escaped, markdown
from kb.reading import reading
from tests.support.threads import small_base


def test_report_puts_disagreements_first(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        text = markdown(reader, reader.threads()[0].id)
        assert [(i.id, words) for i, words in disagreements(reader.items())] == [
            (named["never"].id, "uncontested in the thread, refuted by the check")
        ]
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads == [
        "## Where the thread and a check disagree (1)",
        "## Decisions: accepted (2)",
        "## Decisions: proposed (1)",
        "## Disputed claims (1)",
        "## Actions not done (1)",
        "## Checked: verified (1)",
    ]
    assert "Sounds good" in text


@given(st.text())
def test_escaped_text_is_one_line_without_live_markup(text: str) -> None:
    line = escaped(text)
    assert "\n" not in line
    bare = line.replace("\\\\", "")
    for mark in "`*_[]<>#&":
        assert f"\\{mark}" in bare or mark not in bare
