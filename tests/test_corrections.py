"""What people say by hand wins over extraction, whatever comes when, and can be taken back."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import pipeline
from ingest.by_hand import corrected
from kb.corrections import Verb, edit_value, effective, id_of, undone
from kb.identify import VERSION
from kb.ids import item_id
from kb.own_words import place_of
from kb.reading import reading
from kb.records import Correction, Item, ItemKind, Named, RawMail, Relation, Zone, ZoneKind
from kb.store.extracted import Extracted, from_text, to_text
from kb.store.rows import DerivedThread
from kb.store.writing import writing
from tests.support.mails import mail
from tests.support.said import WHO, kind_is, says, standing, taken_back
from tests.support.threads import small_review

REVIEW, NAMED = small_review()
REVIEW = replace(REVIEW, series=())
EXTRACTED = Extracted(REVIEW.items, REVIEW.links)


def _laid(*corrections: Correction) -> DerivedThread:
    return corrected(REVIEW.thread, EXTRACTED, corrections)


def _items(derived: DerivedThread) -> dict[str, Item]:
    return {item.quote.text: item for item in derived.items}


def test_no_correction_leaves_what_was_extracted() -> None:
    assert _laid() == REVIEW


def test_a_confirmed_item_is_certain() -> None:
    item = _items(_laid(says(Verb.CONFIRM, NAMED["twice"])))["The lock is taken twice."]
    assert (item.id, item.confidence, item.cue) == (NAMED["twice"].id, 1.0, f"confirmed by {WHO}")


def test_a_rejected_item_is_gone_with_its_links_and_what_they_moved() -> None:
    laid = _laid(says(Verb.REJECT, NAMED["holds"]))
    assert NAMED["holds"].id not in {item.id for item in laid.items}
    assert not any(NAMED["holds"].id in (k.source, k.target) for k in laid.links)
    assert REVIEW.standings[NAMED["needed"].id].state == "answered"
    assert laid.standings[NAMED["needed"].id].state == "open"


def test_another_kind_gives_another_id_and_links_that_the_kind_allows() -> None:
    laid = _laid(kind_is(NAMED["twice"], ItemKind.DECISION))
    item = _items(laid)["The lock is taken twice."]
    assert item.id == item_id(item.quote.message_id, ItemKind.DECISION, item.quote.text)
    assert laid.standings[item.id].state == "proposed"
    assert not any(NAMED["twice"].id in (k.source, k.target) for k in laid.links)


def test_what_no_correction_touches_stays_to_the_digit() -> None:
    laid = _laid(kind_is(NAMED["twice"], ItemKind.DECISION), says(Verb.CONFIRM, NAMED["good"]))
    touched = {"The lock is taken twice.", "Sounds good."}
    before = {t: i for t, i in _items(REVIEW).items() if t not in touched}
    assert {t: i for t, i in _items(laid).items() if t not in touched} == before
    kept = [k for k in REVIEW.links if NAMED["twice"].id not in (k.source, k.target)]
    assert [k for k in laid.links if k in kept] == kept


def test_an_added_item_stands_in_the_mail_and_what_was_found_there_gives_way() -> None:
    words = "The caller never holds it"
    added = Named(item_id("m3@example.org", ItemKind.CLAIM, words), ItemKind.CLAIM, "m3@example.org", words)
    laid = _laid(says(Verb.ADD, added))
    item = _items(laid)[words]
    body = REVIEW.thread.messages[3].body
    assert body[item.quote.start : item.quote.end] == words
    assert "The caller never holds it on error paths." not in _items(laid)
    kept = _items(_laid(says(Verb.CONFIRM, NAMED["never"]), says(Verb.ADD, added, minute=1)))
    assert words in kept and "The caller never holds it on error paths." in kept


def test_links_by_hand_come_and_go_and_move_states() -> None:
    gone = says(Verb.UNLINK, NAMED["holds"], NAMED["needed"], value=f"answers {NAMED['needed'].id}")
    assert _laid(gone).standings[NAMED["needed"].id].state == "open"
    link = says(Verb.LINK, NAMED["never"], NAMED["needed"], value=f"answers {NAMED['needed'].id}", minute=1)
    laid = _laid(gone, link)
    assert laid.standings[NAMED["needed"].id].by_item == NAMED["never"].id
    assert [k.because for k in laid.links if k.target == NAMED["needed"].id] == [f"linked by {WHO}"]


def test_a_link_by_hand_takes_the_place_of_the_one_found_between_the_two() -> None:
    link = says(Verb.LINK, NAMED["never"], NAMED["holds"], value=f"supports {NAMED['holds'].id}")
    pair = (NAMED["never"].id, NAMED["holds"].id)
    assert [k.relation for k in _laid(link).links if (k.source, k.target) == pair] == [Relation.SUPPORTS]


def test_a_state_by_hand_holds_until_the_next_one() -> None:
    first = says(Verb.STATE, NAMED["drop"], value="rejected")
    then = says(Verb.STATE, NAMED["drop"], value="superseded", minute=1)
    assert _laid(then, first).standings[NAMED["drop"].id].state == "superseded"
    assert _laid(then, first, taken_back(then, minute=2)).standings[NAMED["drop"].id].state == "rejected"


def test_the_latest_word_wins() -> None:
    no, yes = says(Verb.REJECT, NAMED["test"]), says(Verb.CONFIRM, NAMED["test"], minute=1)
    assert "Please test this on arm64." in _items(_laid(no, yes))
    again = says(Verb.REJECT, NAMED["test"], minute=2)
    assert "Please test this on arm64." not in _items(_laid(no, yes, again))


def test_undo_restores_and_can_be_undone() -> None:
    no = says(Verb.REJECT, NAMED["test"])
    undo = taken_back(no, minute=1)
    redo = taken_back(undo, minute=2)
    assert _laid(no, undo) == REVIEW
    assert _laid(no, undo, redo).items == _laid(no).items
    assert undone([no, undo, redo]) == {id_of(undo)}
    assert effective([redo, undo, no]) == (no,)


CONFLICTS = [
    (
        says(Verb.CONFIRM, replace(NAMED["twice"], quote=replace(NAMED["twice"].quote, text="It is gone."))),
        "It is gone.",
    ),
    (says(Verb.STATE, NAMED["twice"], value="accepted"), "'accepted' is no state of claims"),
    (
        says(Verb.LINK, NAMED["needed"], NAMED["twice"], value="answers x"),
        "'answers' cannot lead from question to claim",
    ),
    (says(Verb.STATE, NAMED["twice"], value="\x1b[31m"), "which means nothing"),
    (replace(says(Verb.EDIT, NAMED["twice"]), value="[]"), "which means nothing"),
    (replace(says(Verb.CONFIRM, NAMED["twice"]), verb="praise"), "which means nothing"),
]


@pytest.mark.parametrize(("correction", "words"), CONFLICTS, ids=[words for _, words in CONFLICTS])
def test_what_cannot_be_carried_out_is_a_conflict_and_changes_nothing(correction: Correction, words: str) -> None:
    laid = _laid(correction)
    (conflict,) = laid.conflicts
    assert (conflict.correction_id, words in conflict.what) == (id_of(correction), True)
    assert [item.quote.text for item in laid.items] == [item.quote.text for item in REVIEW.items]


def test_a_word_holds_for_whatever_kind_extraction_makes_of_the_words() -> None:
    item = NAMED["twice"]
    other = replace(item, id=item_id(item.quote.message_id, ItemKind.ACTION, item.quote.text), kind=ItemKind.ACTION)
    newer = Extracted(tuple(other if i is item else i for i in REVIEW.items), ())
    laid = corrected(REVIEW.thread, newer, [says(Verb.CONFIRM, item)])
    assert _items(laid)[item.quote.text].id == item.id
    none = corrected(REVIEW.thread, newer, [says(Verb.REJECT, item)])
    assert item.quote.text not in _items(none)


def test_a_confirmed_item_is_kept_where_extraction_no_longer_finds_it() -> None:
    without = Extracted(tuple(i for i in REVIEW.items if i is not NAMED["test"]), ())
    laid = corrected(REVIEW.thread, without, [says(Verb.CONFIRM, NAMED["test"])])
    assert _items(laid)["Please test this on arm64."].id == NAMED["test"].id
    assert laid.conflicts == ()


def test_extracted_items_come_back_from_their_text() -> None:
    assert from_text(to_text(EXTRACTED)) == EXTRACTED


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("It sleeps.", "It sleeps."),
        ("It sleeps. Does\n it?", "It sleeps.  Does\nit?"),
        ("isn't", "isn’t"),
        ("quoted words", None),
        ("it? > quoted", None),
        ("", None),
        ("(.*", None),
    ],
)
def test_words_are_found_only_where_their_author_wrote_them(words: str, found: str | None) -> None:
    body = "> quoted words\nIt sleeps.  Does\nit?\n> quoted\nIt isn’t.\n"
    cuts = [0, 15, 36, 45, len(body)]
    kinds = [ZoneKind.QUOTE, ZoneKind.OWN, ZoneKind.QUOTE, ZoneKind.OWN]
    zones = [Zone(k, a, b) for k, (a, b) in zip(kinds, itertools.pairwise(cuts), strict=True)]
    place = place_of(words, body, zones)
    assert (None if place is None else body[place[0] : place[1]]) == found


MAILS = [
    RawMail(
        mail(
            0,
            "The lock is taken twice in the fast path.\nWe should drop the second one.\n",
            subject="[PATCH] a",
        ),
        "tests",
    ),
    RawMail(
        mail(
            1,
            "> The lock is taken twice in the fast path.\n\nWhy is the second one needed at all?\n\n"
            "Please test this on arm64 before the merge.\n",
            parent=0,
            author="Ben Sample <ben@example.org>",
        ),
        "tests",
    ),
    RawMail(
        mail(
            2,
            "> Why is the second one needed at all?\n\nBecause the caller may still hold the first one.\n\n"
            "I will test it on arm64 next week.\n",
            parent=1,
        ),
        "tests",
    ),
]


def _found(path: Path) -> list[Named]:
    with reading(path) as reader:
        return [Named(i.id, ItemKind(i.kind), i.message_id, i.quote) for i in reader.items()]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "kb.sqlite"
    pipeline.ingest(path, MAILS)
    return path


def _script(items: Sequence[Named]) -> list[Correction]:
    """A bit of everything, said of the items of `MAILS`."""
    a, b, c, d, *_ = items
    made = [
        says(Verb.CONFIRM, a, minute=1),
        kind_is(b, ItemKind.CLAIM, minute=2),
        says(Verb.REJECT, c, minute=3),
        says(Verb.STATE, a, value="disputed" if a.kind is ItemKind.CLAIM else "open", minute=4),
        says(Verb.LINK, d, a, value=f"refines {a.id}", minute=5),
        says(Verb.EDIT, d, value=edit_value(None, "in other words"), minute=6),
        says(
            Verb.ADD,
            Named(
                item_id("m2@example.org", ItemKind.ACTION, "on arm64 next week"),
                ItemKind.ACTION,
                "m2@example.org",
                "on arm64 next week",
            ),
            minute=7,
        ),
        says(Verb.CONFIRM, Named("c-gone", ItemKind.CLAIM, "m1@example.org", "words that nobody wrote"), minute=8),
    ]
    return [*made, taken_back(made[2], minute=9), says(Verb.REJECT, c, minute=10), taken_back(made[0], minute=11)]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_any_order_of_mails_corrections_and_rebuilds_gives_the_same_standing(
    tmp_path_factory: pytest.TempPathFactory, plain: Path, seed: int
) -> None:
    script = _script(_found(plain))
    folder = tmp_path_factory.mktemp("order")
    at_once = folder / "a.sqlite"
    pipeline.ingest(at_once, MAILS)
    pipeline.correct(at_once, script)
    expected = standing(at_once)
    assert len(expected["SELECT * FROM conflicts"]) == 2  # the words that are gone, and a link between other kinds now
    chance = random.Random(seed)
    steps: list[RawMail | Correction | None] = [*MAILS, *script, None]
    chance.shuffle(steps)
    path = folder / "b.sqlite"
    with writing(path):
        pass
    for step in steps:
        if isinstance(step, RawMail):
            pipeline.ingest(path, [step])
        elif isinstance(step, Correction):
            pipeline.correct(path, [step])
        else:
            pipeline.rebuild(path)
    assert standing(path) == expected


def test_undoing_everything_restores_every_row(tmp_path: Path, plain: Path) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, MAILS)
    script = _script(_found(plain))
    pipeline.correct(path, script)
    assert standing(path) != standing(plain)
    pipeline.correct(path, [taken_back(c, minute=60) for c in effective(script)])
    assert standing(path) == standing(plain)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM corrections").fetchone()[0] > len(script)
        assert connection.execute("SELECT count(*) FROM extracted").fetchone()[0] == 0
    connection.close()


def test_corrections_of_a_page_hold_for_the_real_mail_that_takes_its_place(plain: Path, tmp_path: Path) -> None:
    item = _found(plain)[0]
    early = replace(says(Verb.REJECT, item), named=(replace(item, message_id="page@example.org"),))
    path = tmp_path / "kb.sqlite"
    with writing(path) as writer:
        writer.add_raw([("page@example.org", RawMail(b"x", "tests", provisional=True))], early.when)
        writer.replace_provisional("page@example.org", item.message_id)
        writer.add_corrections([early])
    pipeline.ingest(path, MAILS)
    assert item.quote not in {one.quote for one in _found(path)}


def test_a_correction_whose_mail_is_not_here_is_a_conflict_until_it_comes(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    said = says(Verb.REJECT, _found(plain)[0])
    with writing(path) as writer:
        writer.add_corrections([said])
    with reading(path) as reader:
        assert reader.conflicts() == {id_of(said): "the mail <m0@example.org> is not here"}
    pipeline.ingest(path, MAILS)
    with reading(path) as reader:
        assert reader.conflicts() == {}
        assert reader.corrections() == (said,)


def test_conflicts_are_reported_by_ingest_and_rebuild(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    gone = says(Verb.CONFIRM, Named("c-gone", ItemKind.CLAIM, "m1@example.org", "words that nobody wrote"))
    with writing(path) as writer:
        writer.add_corrections([gone])
    assert [c.correction_id for c in pipeline.ingest(path, MAILS).conflicts] == [id_of(gone)]
    assert [c.correction_id for c in pipeline.rebuild(path).conflicts] == [id_of(gone)]


def _older(path: Path, kept: Iterable[str]) -> None:
    """Turn a database into one of version 1, with the corrections that `kept` inserts."""
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE corrections DROP COLUMN named")
        connection.execute("DROP TABLE extracted")
        connection.execute("DROP TABLE conflicts")
        connection.execute("PRAGMA user_version = 1")
        for statement in kept:
            connection.execute(statement)
    connection.close()


def test_a_database_of_version_one_is_read_and_brought_up_to_date_with_what_it_keeps(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, MAILS)
    first = _found(path)[0]
    columns = "(item_id, verb, value, who, at, why)"
    row = f"('{first.id}', 'reject', '', 'Dora', '2024-06-01T00:00:00+00:00', '')"
    _older(path, [f"INSERT INTO corrections {columns} VALUES {row}"])
    with reading(path) as reader:
        assert (reader.corrections(), reader.conflicts()) == ((), {})
        assert first.id in {item.id for item in reader.items()}
    pipeline.rebuild(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    connection.close()
    with reading(path) as reader:
        assert [c.item_id for c in reader.corrections()] == [first.id]
        assert first.id not in {item.id for item in reader.items()}
