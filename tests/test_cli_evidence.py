"""In: runs with evidence, paths. Out: proof that what decides a verdict is shown, and that places are written short."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.reading import reading
from kb.records import Verdict
from kb.views import ItemView, RunView
from tests.support.kept_runs import kept
from tests.support.threads import small_base
from tui.cli.layout import Paint
from tui.cli.pages import Page, run_lines
from tui.cli.places import near
from tui.evidence import checked_words, essential, finding
from tui.workspace import bundled_thread

PAGE = Page(short=lambda full: full[:7], paint=Paint(), width=80)


@pytest.fixture
def claim(tmp_path: Path) -> ItemView:
    small_base(tmp_path / "kb.sqlite")
    with reading(tmp_path / "kb.sqlite") as reader:
        return next(item for item in reader.items() if item.kind == "claim")


def _in_parts(claim: ItemView, *verdicts: Verdict, steps: int = 3) -> RunView:
    lines = []
    for number, verdict in enumerate(verdicts, 1):
        lines.append(("note", f"part {number}, {verdict}: finding {number}"))
        lines += [("step", f"step {number}.{step}") for step in range(1, steps + 1)]
        lines.append(("figure", f"{number} states"))
    whole = verdicts[0] if len(set(verdicts)) == 1 else Verdict.PARTLY
    return kept(claim, whole, "all of it", *lines)


def _texts(run: RunView, limit: int) -> list[str]:
    return [run.evidence[index]["text"] for index in essential(run, limit)]


def test_finding_of_one_part_is_the_summary(claim: ItemView) -> None:
    assert finding(kept(claim, "verified", "it adds up", ("figure", "1 + 2 = 3"))) == "it adds up"


def test_finding_of_several_parts_is_the_one_that_decided(claim: ItemView) -> None:
    v, r = Verdict.VERIFIED, Verdict.REFUTED
    assert finding(_in_parts(claim, v, r, v)) == "part 2 of 3 refuted: finding 2"
    assert finding(_in_parts(claim, r, r)) == "finding 1; and 1 more part refuted"
    assert finding(_in_parts(claim, v, v, v)) == "finding 1; and 2 more parts verified"


def test_finding_leaves_the_parts_of_a_part_to_it(claim: ItemView) -> None:
    notes = ["part 1, refuted: a", "part 1, verified: inner", "part 2, verified: b", "part 1, verified: inner"]
    run = kept(claim, "partly", "all of it", *(("note", text) for text in notes))
    assert finding(run) == "part 1 of 2 refuted: a"


def test_essential_lines_are_all_where_they_are_few(claim: ItemView) -> None:
    assert essential(_in_parts(claim, Verdict.VERIFIED, Verdict.REFUTED), 10) == tuple(range(10))


def test_essential_lines_have_the_part_that_failed_whole_and_in_order(claim: ItemView) -> None:
    run = _in_parts(claim, Verdict.VERIFIED, Verdict.VERIFIED, Verdict.REFUTED, steps=4)
    assert _texts(run, 8) == [
        "part 1, verified: finding 1",
        "part 2, verified: finding 2",
        "part 3, refuted: finding 3",
        "step 3.1",
        "step 3.2",
        "step 3.3",
        "step 3.4",
        "3 states",
    ]


def test_essential_lines_of_a_long_trace_have_its_end(claim: ItemView) -> None:
    lines = [("step", f"step {number}") for number in range(1, 40)]
    run = kept(claim, "refuted", "it can be stuck", *lines, ("figure", "40 states"))
    assert _texts(run, 4) == ["step 1", "step 2", "step 3", "step 39"]


def test_run_lines_say_how_much_evidence_they_leave_out_and_verbose_ones_leave_out_none(claim: ItemView) -> None:
    run = _in_parts(claim, Verdict.VERIFIED, Verdict.VERIFIED, Verdict.REFUTED, steps=6)
    short = "\n".join(run_lines(PAGE, run, claim.quote))
    assert "step: step 3.6" in short
    assert "lines left out; -v shows all" in short
    whole = "\n".join(run_lines(replace(PAGE, whole=True), run, claim.quote))
    assert "left out" not in whole
    assert whole.count("step: ") == 18


def test_run_lines_name_the_words_that_were_checked_once(claim: ItemView) -> None:
    run = replace(kept(claim, "verified", "yes"), quote="taken twice")
    assert checked_words(run, claim.quote) == "taken twice"
    assert checked_words(replace(run, quote=claim.quote), claim.quote) == ""
    text = "\n".join(run_lines(PAGE, run, claim.quote))
    assert text.count("taken twice") == 1
    told = replace(run, bound_by="hand: Only these of its words are checked: “taken twice”.")
    assert "\n".join(run_lines(PAGE, told, claim.quote)).count("taken twice") == 1


def test_places_are_written_from_where_a_person_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mail").mkdir()
    monkeypatch.chdir(tmp_path / "mail")
    assert near(f"{tmp_path}/mail/review.mbox#3") == "review.mbox#3"
    assert near(f"{tmp_path}/review.mbox") == "~/review.mbox"
    assert near("/var/mail/review.mbox") == "/var/mail/review.mbox"
    assert near("https://lore.example.org/all/x/") == "https://lore.example.org/all/x/"
    assert near(f"{bundled_thread()}#1") == f"{bundled_thread().name}#1 (ships with threadkb)"
