"""In: an item's page. Out: its lines, with all that is known of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from kb.records import Item, Verdict
from kb.store.writing import writing
from tests.support.browser import queue_base
from tests.support.threads import run
from tui.pages import ItemPage, read_item
from tui.widgets.item_facts import item_lines
from tui.widgets.verdict_lines import predicate_words


@pytest.fixture
def base(tmp_path: Path) -> tuple[Path, dict[str, Item]]:
    return tmp_path / "kb.sqlite", queue_base(tmp_path / "kb.sqlite")


def _page(base: tuple[Path, dict[str, Item]], name: str) -> ItemPage:
    found = read_item(base[0], base[1][name].id)
    assert found is not None
    return found


def _text(page: ItemPage, width: int = 78) -> list[str]:
    return ["".join(text for text, _ in line.pieces) for line in item_lines(page, width)]


def test_item_lines_tell_state_reason_topics_and_cue(base: tuple[Path, dict[str, Item]]) -> None:
    text = "\n".join(_text(_page(base, "drops")))
    assert "proposed: objected to:" in text
    assert "locking, readers" in text
    assert "test (0.90)" in text


def test_item_lines_show_a_reading_and_the_quote_where_they_differ(base: tuple[Path, dict[str, Item]]) -> None:
    page = _page(base, "drops")
    assert not any(line.startswith("quote") for line in _text(page))
    lines = _text(replace(page, item=replace(page.item, says="Ada Example drops it.")))
    assert "says      Ada Example drops it." in lines
    assert any(line.startswith("quote     ") and page.item.quote.startswith(line[10:].strip()) for line in lines)


def test_item_lines_tell_the_names_of_an_item(base: tuple[Path, dict[str, Item]]) -> None:
    assert "names     walk(), queue.c" in _text(_page(base, "walked"))


def test_item_lines_show_links_in_both_directions(base: tuple[Path, dict[str, Item]]) -> None:
    text = _text(_page(base, "full"))
    assert text.index("╭─ disputed by ◂─ C #3 Cleo Sample uncontested") < text.index("▼")
    assert text.index("█ C the entry is published only when it is full.") < text.index(
        "╰─ answers ─▸ Q #1 Ben Sample answered"
    )


def test_item_lines_of_a_link_all_open_the_item_at_its_other_end(base: tuple[Path, dict[str, Item]]) -> None:
    opens = {line.opens for line in item_lines(_page(base, "full"), 78) if line.opens}
    assert opens == {base[1]["half"].id, base[1]["barrier"].id}


def test_item_lines_show_a_verdict_with_all_that_it_rests_on(base: tuple[Path, dict[str, Item]]) -> None:
    text = _text(_page(base, "full"))
    joined = "\n".join(text)
    assert "✗ refuted  exhaustive  by model, 0.01 s, 2024-05-01 12:00" in text
    assert "    writer                            reader" in text
    assert "  1 ● takes the barrier               │" in text
    assert "  2 │                                 ● asks for the barrier" in text
    assert "queue.c:17 walk() calls wait()" in " ".join(joined.split())
    assert "22 states looked at" in joined
    assert "· the barrier is fair" in text
    assert "checked   SumIs(parts=1 2, total=3)" in text
    assert "bound by  hand: a test says so" in text


def test_item_lines_tell_the_verdict_before_the_links_and_of_which_words(base: tuple[Path, dict[str, Item]]) -> None:
    page = _page(base, "full")
    text = _text(page)
    assert text.index("check     ✗ refuted: a reader can wait for ever: the shortest way there has") < next(
        n for n, line in enumerate(text) if "links" in line
    )
    part = replace(page, runs=(replace(page.runs[0], quote="only when it is full"),))
    assert "          only “only when it is full”" in _text(part)
    more = replace(page, runs=(replace(page.runs[0], quote=f"it is so, for {page.item.quote}"),))
    assert f"          all of “it is so, for {page.item.quote}”" in _text(more)
    assert not any(line.endswith("” only") for line in text)


def test_item_lines_of_a_check_in_parts_stand_under_their_parts(base: tuple[Path, dict[str, Item]]) -> None:
    page = _page(base, "full")
    evidence = [
        ("note", "part 1, verified: it ends", ""),
        ("figure", "9 states (all)", ""),
        ("note", "part 2, refuted: it stops", ""),
        ("step", "asks", "reader"),
        ("step", "waits", "writer"),
    ]
    kept = tuple({"kind": kind, "text": text, "place": place} for kind, text, place in evidence)
    text = _text(replace(page, runs=(replace(page.runs[0], evidence=kept, summary="both parts at length"),)))
    at = text.index("✓ part 1, verified: it ends")
    assert text[at : at + 4] == [
        "✓ part 1, verified: it ends",
        "  9 states (all)",
        "",
        "✗ part 2, refuted: it stops",
    ]
    assert [line.split()[:1] for line in text[at + 4 : at + 8]] == [["reader"], ["┬"], ["1"], ["2"]]
    assert "both parts at length" not in text


def test_item_lines_say_that_no_check_has_run(base: tuple[Path, dict[str, Item]]) -> None:
    assert any(line.startswith("no check has run") for line in _text(_page(base, "barrier")))
    assert any(line.startswith("no check: a question") for line in _text(_page(base, "half")))


def test_item_lines_show_where_thread_and_verdict_disagree(base: tuple[Path, dict[str, Item]]) -> None:
    page = replace(_page(base, "full"), disagreement="supported in the thread, refuted by the check")
    assert "look here supported in the thread, refuted by the check" in _text(page)


def test_item_lines_list_earlier_runs(base: tuple[Path, dict[str, Item]]) -> None:
    with writing(base[0]) as writer:
        writer.add_run(run(base[1]["full"], Verdict.VERIFIED))
    text = _text(_page(base, "full"))
    assert any(line.startswith("✓ verified  exact") for line in text)
    assert "earlier runs" in text
    assert any(line.startswith("  ✗ refuted") for line in text)


@pytest.mark.parametrize("width", [30, 44, 78, 120])
def test_item_lines_fit_the_width_but_for_their_first_words(base: tuple[Path, dict[str, Item]], width: int) -> None:
    wrapped = [line for line in item_lines(_page(base, "full"), width) if line.pieces and len(line.pieces) == 2]
    assert all(cell_len("".join(text for text, _ in line.pieces)) <= width for line in wrapped)


def test_predicate_words_tell_parts_parameters_and_what_is_denied() -> None:
    stuck = {"kind": "AlwaysEnds", "model": "queue", "parameters": {"readers": 2, "fair": True}, "expect": False}
    called = {"kind": "Calls", "caller": "walk", "callee": "wait", "constant": "", "expect": True}
    assert predicate_words(stuck) == "not AlwaysEnds(model=queue, readers=2, fair=true)"
    both = {"kind": "AllOf", "parts": [stuck, called], "expect": True}
    assert predicate_words(both) == f"AllOf({predicate_words(stuck)}; Calls(caller=walk, callee=wait))"
