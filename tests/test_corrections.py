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
from ingest.by_hand import corrected, item_of
from ingest.relate import allowed
from kb.corrections import Verb, edit_value, effective, id_of, named, undone
from kb.identify import VERSION
from kb.ids import item_id
from kb.laying import Laid, lay_over
from kb.own_words import place_of
from kb.reading import reading
from kb.records import Correction, Item, ItemKind, Named, RawMail, Relation, State, Zone, ZoneKind
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


def _made(one: Named) -> Item | None:
    return item_of(REVIEW.thread, one)


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


def test_a_merged_item_has_the_links_and_the_state_of_those_that_it_replaces() -> None:
    """The answer to #1 goes over from one claim to the other, and what was said of one state counts for both."""
    state = says(Verb.STATE, NAMED["holds"], value="refuted")
    laid = _laid(state, says(Verb.MERGE, NAMED["never"], NAMED["holds"], minute=1))
    one = _items(laid)["The caller never holds it on error paths."]
    assert "the caller holds it already." not in _items(laid)
    assert (one.confidence, one.cue) == (1.0, f"merged by {WHO}")
    assert {(k.source, k.relation, k.target) for k in laid.links if one.id in (k.source, k.target)} == {
        (one.id, Relation.ANSWERS, NAMED["needed"].id)
    }  # that one disputed the other falls: an item does not dispute itself
    assert laid.standings[NAMED["needed"].id].by_item == one.id
    assert laid.standings[one.id].state == "refuted"


def test_a_chain_of_merges_leads_to_the_last_one_and_undoing_one_of_them_leads_back() -> None:
    first = says(Verb.MERGE, NAMED["never"], NAMED["holds"])
    second = says(Verb.MERGE, NAMED["twice"], NAMED["never"], minute=1)
    assert _laid(first, second).standings[NAMED["needed"].id].by_item == NAMED["twice"].id
    assert _laid(second, first, taken_back(second, minute=2)) == _laid(first)
    assert _laid(first, second, taken_back(first, minute=2)).standings[NAMED["needed"].id].by_item == NAMED["holds"].id


def test_a_merge_into_words_of_ones_own_takes_the_place_of_both() -> None:
    text = "The lock is taken twice. We should drop the second one."
    whole = Named(item_id("m0@example.org", ItemKind.DECISION, text), ItemKind.DECISION, "m0@example.org", text)
    laid = _laid(says(Verb.MERGE, whole, NAMED["twice"], NAMED["drop"]))
    assert [item.quote.text for item in laid.items if item.quote.message_id == "m0@example.org"] == [text]
    assert (NAMED["v2"].id, whole.id) in {(k.source, k.target) for k in laid.links if k.relation == "accepts"}
    assert _items(laid)[text].topics == ("locking",)


def test_a_link_by_hand_to_what_was_merged_holds_for_the_one_and_unlink_takes_it_away_there() -> None:
    merge = says(Verb.MERGE, NAMED["never"], NAMED["twice"])
    link = says(Verb.LINK, NAMED["twice"], NAMED["needed"], value=f"answers {NAMED['needed'].id}", minute=1)
    laid = _laid(merge, link)
    pair = (NAMED["never"].id, NAMED["needed"].id)
    assert [k.because for k in laid.links if (k.source, k.target) == pair] == [f"linked by {WHO}"]
    away = says(Verb.UNLINK, NAMED["never"], NAMED["needed"], value=f"answers {NAMED['needed'].id}", minute=2)
    assert not any((k.source, k.target) == pair for k in _laid(merge, link, away).links)


def _part(text: str, kind: ItemKind = ItemKind.CLAIM, mail_id: str = "m3@example.org") -> Named:
    return Named(item_id(mail_id, kind, text), kind, mail_id, text)


def test_a_split_item_gives_way_to_its_parts_which_have_what_was_said_of_it_by_hand() -> None:
    parts = [_part("The caller never holds it"), _part("on error paths.")]
    state = says(Verb.STATE, NAMED["never"], value="refuted")
    link = says(Verb.LINK, NAMED["never"], NAMED["needed"], value=f"answers {NAMED['needed'].id}")
    split = says(Verb.SPLIT, NAMED["never"], *parts, minute=1)
    laid = _laid(state, link, split)
    assert "The caller never holds it on error paths." not in _items(laid)
    assert {_items(laid)[part.quote].cue for part in parts} == {f"split by {WHO}"}
    assert {laid.standings[part.id].state for part in parts} == {"refuted"}
    assert {k.source for k in laid.links if k.relation is Relation.ANSWERS} >= {part.id for part in parts}
    assert _laid(state, link, split, taken_back(split, minute=2)) == _laid(state, link)
    again = _laid(split, says(Verb.CONFIRM, NAMED["never"], minute=2))
    assert "The caller never holds it on error paths." in _items(again)


def test_a_merge_is_kept_where_extraction_cuts_the_words_otherwise() -> None:
    """What was merged is found with a word more; it goes the same way, and its links with it."""
    item = NAMED["holds"]
    longer = replace(item.quote, start=item.quote.start - 4, text=f"No, {item.quote.text}")
    other = replace(item, quote=longer, id=item_id(item.quote.message_id, item.kind, longer.text))
    newer = Extracted(tuple(other if i is item else i for i in REVIEW.items), REVIEW.links)
    laid = corrected(REVIEW.thread, newer, [says(Verb.MERGE, NAMED["twice"], item)])
    assert longer.text not in _items(laid) and item.quote.text not in _items(laid)


CONFLICTS = [
    (says(Verb.MERGE, NAMED["twice"]), "which means nothing"),
    (says(Verb.MERGE, NAMED["twice"], NAMED["twice"]), "which means nothing"),
    (says(Verb.SPLIT, NAMED["twice"], _part("The lock", mail_id="m0@example.org")), "which means nothing"),
    (says(Verb.MERGE, NAMED["twice"], _part("It is gone too.")), "'It is gone too.' does not stand in the mail"),
    (replace(says(Verb.CONFIRM, NAMED["twice"]), named=()), "it names no item"),
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


@pytest.mark.parametrize(("correction", "words"), CONFLICTS, ids=[f"{c.verb}: {words}" for c, words in CONFLICTS])
def test_what_cannot_be_carried_out_is_a_conflict_and_changes_nothing(correction: Correction, words: str) -> None:
    laid = lay_over(
        REVIEW.items, REVIEW.links, [correction], make=_made, guess=lambda *_: (), allowed=allowed, numbers={}
    )
    (conflict,) = laid.conflicts
    assert (conflict.correction_id, words in conflict.what) == (id_of(correction), True)
    assert {item.quote.text for item in laid.items} == {item.quote.text for item in REVIEW.items}


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


_SPOKEN = [*(named(item) for item in REVIEW.items), _part("The caller never holds it"), _part("on error paths.")]


@st.composite
def _said(draw: st.DrawFn) -> list[Correction]:
    """Any words on any items, some of them taken back, some of the undoings too."""
    made: list[Correction] = []
    for minute in range(draw(st.integers(1, 8))):
        verb = draw(st.sampled_from(list(Verb)))
        if verb is Verb.UNDO:
            if made:
                made.append(taken_back(draw(st.sampled_from(made)), minute=minute))
            continue
        size = {Verb.MERGE: 2, Verb.SPLIT: 3, Verb.LINK: 2, Verb.UNLINK: 2}.get(verb, 1)
        of = draw(st.lists(st.sampled_from(_SPOKEN), min_size=size, max_size=size, unique=True))
        value = {
            Verb.EDIT: edit_value(draw(st.sampled_from(list(ItemKind))), ""),
            Verb.STATE: draw(st.sampled_from(list(State))),
            Verb.LINK: f"{draw(st.sampled_from(list(Relation)))} x",
            Verb.UNLINK: f"{draw(st.sampled_from(list(Relation)))} x",
        }.get(verb, "")
        made.append(says(verb, *of, value=str(value), minute=minute))
    return made


def _over(corrections: Sequence[Correction]) -> Laid:
    numbers = {m.message_id: n for n, m in enumerate(REVIEW.thread.messages)}
    return lay_over(
        REVIEW.items, REVIEW.links, corrections, make=_made, guess=lambda *_: (), allowed=allowed, numbers=numbers
    )


@given(_said(), st.randoms())
def test_any_words_in_any_order_give_one_whole_graph_and_undoing_all_gives_what_was_extracted(
    said: list[Correction], chance: random.Random
) -> None:
    laid = _over(said)
    mixed = [*said, *said[:2]]
    chance.shuffle(mixed)
    assert _over(mixed) == laid
    present = {item.id for item in laid.items}
    assert len(present) == len(laid.items)
    for link in laid.links:
        assert {link.source, link.target} <= present and link.source != link.target
    assert {correction.item_id for correction in laid.stated} <= present
    assert {conflict.correction_id for conflict in laid.conflicts} <= {id_of(c) for c in effective(said)}
    back = _over([*said, *(taken_back(c, minute=60) for c in effective(said))])
    assert (back.items, back.links, back.conflicts) == (REVIEW.items, REVIEW.links, ())


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


def _halves(quote: str) -> tuple[str, str]:
    words = quote.split()
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


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
        says(Verb.MERGE, c, d, minute=12),
        says(
            Verb.SPLIT,
            a,
            *(_part(text, ItemKind.CLAIM, a.message_id) for text in _halves(a.quote)),
            minute=13,
        ),
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
        for table in ("extracted", "conflicts", "sources", "source_mails", "journal", "readings", "search_places"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE raw_mails DROP COLUMN withdrawn")
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
        (kept,) = reader.corrections()
        assert (kept.item_id, reader.conflicts()) == (first.id, {id_of(kept): "it names no item"})
