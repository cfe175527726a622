"""In: a small review. Out: proof of what the summary shows first, how it cuts lists, what it tells to type."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kb.reading import reading
from kb.records import Verdict
from kb.views import ItemView, LinkView, ThreadView
from tests.support.kept_runs import kept
from tests.support.threads import small_base
from tui.cli import summary
from tui.cli.entries import Entries
from tui.cli.groups import foremost
from tui.cli.layout import Paint, cells
from tui.cli.pages import Page

PAGE = Page(short=lambda full: full[:7], paint=Paint(), width=80)


@pytest.fixture
def review(tmp_path: Path) -> tuple[ThreadView, tuple[ItemView, ...], tuple[LinkView, ...]]:
    small_base(tmp_path / "review.sqlite")
    with reading(tmp_path / "review.sqlite") as reader:
        thread = reader.threads()[0]
        return thread, reader.items(), reader.links(thread.id)


Review = tuple[ThreadView, tuple[ItemView, ...], tuple[LinkView, ...]]


def test_summary_begins_with_disagreements_then_decisions_then_what_is_open(review: Review) -> None:
    text = "\n".join(summary.summary(PAGE, *review))
    order = [
        "Where the thread and a check disagree (1)",
        "uncontested, but refuted",
        "it holds it",
        "Decisions (3)",
        "accepted (2)",
        "accepted in #3 by Cleo Sample",
        "proposed (1)",
        "Still open (2)",
        "disputed claims (1)",
        "actions not done (1)",
        "Checked by running something (2)",
        "refuted (1, all above)",
        "verified (1)",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_summary_gives_number_author_and_day_of_each_item(review: Review) -> None:
    lines = list(summary.summary(PAGE, *review))
    at = next(n for n, line in enumerate(lines) if "I will drop it in v2." in line)
    assert lines[at - 1].split()[:5] == [review[1][5].id[:7], "#2", "2024-05-01", "Ada", "Example"]


def test_summary_cuts_long_lists_and_names_the_command_for_the_rest(review: Review) -> None:
    thread, items, _ = review
    action = next(item for item in items if item.kind == "action")
    many = [replace(action, id=f"a-{number:05}", number=number) for number in range(37)]
    lines = list(summary.summary(PAGE, thread, many, ()))
    (title,) = [line for line in lines if "actions not done" in line]
    assert title.startswith(" actions not done (4 of 37)  ")
    assert title.endswith("  threadkb actions --state open")
    assert len(title) == 80
    assert sum('"Please test this on arm64."' in line for line in lines) == 4


def test_summary_leaves_out_what_was_found_with_little_confidence_and_says_so(review: Review) -> None:
    thread, items, links = review
    unsure = [replace(item, confidence=0.3) if item.kind == "action" else item for item in items]
    lines = list(summary.summary(PAGE, thread, unsure, links))
    text = " ".join(lines)
    assert "1 of less than 0.50 are left out here" in " ".join(text.split())
    assert any(line.startswith(" actions not done (1)") for line in lines)
    assert "Please test this on arm64." not in text


def test_summary_shows_nothing_twice(review: Review) -> None:
    lines = [line for line in summary.summary(PAGE, *review) if line.startswith("  ") and " #" in line]
    named = [line.split()[0] for line in lines]
    assert len(named) >= 6
    assert len(set(named)) == len(named)


def test_summary_quotes_only_the_words_that_were_checked(review: Review) -> None:
    thread, items, links = review
    never = next(item for item in items if item.quote.startswith("The caller never"))
    part = replace(kept(never, Verdict.REFUTED, "it holds it"), quote="never holds it")
    assert '    "… never holds it …"' in list(summary.summary(PAGE, thread, items, links, [part]))
    whole = replace(part, quote=never.quote)
    assert f'    "{never.quote}"' in list(summary.summary(PAGE, thread, items, links, [whole]))


def test_entries_give_the_reason_in_few_words_and_more_where_there_is_room(review: Review) -> None:
    _, items, links = review
    by_id = {item.id: item for item in items}
    drop = next(item for item in items if item.quote == "I will drop it in v2.")
    bare = next(item for item in items if item.quote == "Sounds good.")
    entries = Entries(PAGE, by_id, links, {})
    assert entries.reason(drop, 38) == "accepted in #3 by Cleo Sample"
    assert entries.reason(drop, 60) == "accepted in #3 by Cleo Sample: Sounds good."
    assert entries.reason(bare, 38) == f"accepts {drop.id[:7]}"
    lone = replace(drop, by_item=None, because="its author commits to it, and nobody objected")
    entries = replace(entries, links=())
    assert entries.reason(lone, 38) == "its author commits to it"
    assert entries.reason(lone, 60) == "its author commits to it, and nobody objected"


def test_summary_puts_the_most_telling_first_and_bare_assent_last(review: Review) -> None:
    _, items, links = review
    decisions = [item for item in items if item.kind == "decision"]
    quotes = [[item.quote for item in foremost(decisions, links, count)] for count in (1, 2, 3)]
    assert quotes[0] == ["I will drop it in v2."]
    assert quotes[1] == ["I will drop it in v2.", "We should drop the second one."]
    assert quotes[2][-1] == "Sounds good."


def test_summary_fits_its_width(review: Review) -> None:
    thread, items, links = review
    wide = [replace(item, quote="漢字 " * 80 + "w" * 200, author="長い名前" * 9) for item in items]
    for line in summary.summary(replace(PAGE, width=80), replace(thread, subject="題 " * 90), wide, links):
        assert cells(line) <= 80 or line.lstrip().startswith(("…", "c-")), line


def test_summary_of_a_thread_without_items_has_no_empty_sections(review: Review) -> None:
    lines = list(summary.summary(PAGE, review[0], (), ()))
    assert len(lines) == 2
    assert lines[1].endswith("0 claims, 0 questions, 0 decisions, 0 actions")


def test_hints_name_commands_with_the_database(review: Review) -> None:
    text = "\n".join(summary.hints(PAGE, review[1], review[2], typed_first="export X=demo.sqlite"))
    decided = next(item for item in review[1] if item.quote == "I will drop it in v2.")
    assert f"threadkb why {decided.id[:7]} " in text
    assert text.index("export X=demo.sqlite") < text.index("threadkb why")
    assert all(len(line) <= 80 for line in text.splitlines())


def test_row_has_the_same_groups_as_the_page(review: Review) -> None:
    row = json.loads(json.dumps(summary.row(*review[:2])))
    assert [each["quote"] for each in row["disagreements"]] == ["The caller never holds it on error paths."]
    assert {state: len(found) for state, found in row["decisions"].items()} == {"accepted": 2, "proposed": 1}
    assert len(row["open"]["claims"]) == 1
    assert row["states"]["action"] == {"open": 1}
    assert set(row["checked"]) == {"verified", "refuted"}
