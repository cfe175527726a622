"""What changed is told, each kind of change by its sentence, and nothing is told where nothing changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.ids import item_id
from kb.journal import Change, ItemSeen, MailSeen, Snapshot, What, changes
from kb.journal_words import sentence
from kb.records import ItemKind

OLD = MailSeen("m0@example.org", "t-a", 0, "Ada Example", "2024-05-01T12:00:00+00:00")
NEW = MailSeen("m1@example.org", "t-a", 1, "Ben Sample", "2024-05-01T13:00:00+00:00")


def seen(kind: str, mail: MailSeen, quote: str, state: str, **more: str | None) -> ItemSeen:
    own = item_id(mail.message_id, ItemKind(kind), quote)
    return ItemSeen(own, kind, mail.message_id, quote, state, "because", more.get("by"), more.get("verdict"))


CLAIM = seen("claim", OLD, "It is slow.", "uncontested")
NO = seen("claim", NEW, "It is not.", "uncontested")


def snapshot(
    *items: ItemSeen, mails: tuple[MailSeen, ...] = (OLD, NEW), conflicts: dict[str, tuple[str, str]] | None = None
) -> Snapshot:
    return Snapshot(
        dict.fromkeys((m.thread_id for m in mails), "a lock"),
        {m.message_id: m for m in mails},
        {i.id: i for i in items},
        conflicts or {},
    )


def short(full: str) -> str:
    return full[:7]


def told(found: tuple[Change, ...]) -> list[str]:
    return [sentence(change, short) for change in found]


def test_nothing_is_told_where_nothing_changed() -> None:
    one = snapshot(CLAIM, NO, conflicts={"k-1": ("t-a", "gone")})
    assert changes(one, one) == ()


def test_a_new_thread_is_one_change() -> None:
    assert told(changes(Snapshot(), snapshot(CLAIM, NO))) == ["thread t-a is new: 2 mails, 2 items: a lock"]


def test_a_reply_is_told_with_its_items_and_what_they_move_first() -> None:
    disputed = replace(CLAIM, state="disputed", by_item=NO.id)
    assert told(changes(snapshot(CLAIM, mails=(OLD,)), snapshot(disputed, NO))) == [
        f"claim {CLAIM.id[:7]}: uncontested → disputed by {NO.id[:7]}, #1 Ben Sample",
        f"new claim {NO.id[:7]} (uncontested), #1 Ben Sample: “It is not.”",
        "new mail #1 Ben Sample",
    ]


def test_a_dispute_of_a_verified_claim_names_the_verdict() -> None:
    was = replace(CLAIM, verdict="verified")
    (first, *_) = told(changes(snapshot(was, NO), snapshot(replace(was, state="disputed", by_item=NO.id), NO)))
    assert first == f"claim {CLAIM.id[:7]}: verified, now disputed in the thread by {NO.id[:7]}, #1 Ben Sample"


def test_an_answer_says_where_it_stands() -> None:
    asked = seen("question", OLD, "Why?", "open")
    (first,) = told(changes(snapshot(asked, NO), snapshot(replace(asked, state="answered", by_item=NO.id), NO)))
    assert first == f"question {asked.id[:7]} answered in #1 by Ben Sample ({NO.id[:7]})"


def test_a_state_that_moves_by_itself_says_why() -> None:
    was = seen("decision", OLD, "Drop it.", "accepted")
    (first,) = told(changes(snapshot(was), snapshot(replace(was, state="proposed", because="nobody took it up"))))
    assert first == f"decision {was.id[:7]}: accepted → proposed: nobody took it up"


def test_what_vanishes_is_told_with_the_verdict_it_had() -> None:
    (first,) = told(changes(snapshot(replace(CLAIM, verdict="refuted")), snapshot()))
    assert first == (
        f"claim {CLAIM.id[:7]} vanished, which was refuted: the words in #0 Ada Example are read as no item: "
        "“It is slow.”"
    )


def test_the_same_words_as_another_kind_are_one_change() -> None:
    other = seen("decision", OLD, "It is slow.", "proposed")
    (found,) = changes(snapshot(CLAIM), snapshot(other))
    assert (found.what, found.before, found.after) == (What.KIND, CLAIM.id, other.id)


def test_a_correction_that_became_a_conflict_is_told_and_when_it_is_none_any_more() -> None:
    clash = snapshot(CLAIM, conflicts={"k-abcdefg": ("t-a", "the words are gone")})
    assert told(changes(snapshot(CLAIM), clash)) == ["correction k-abcde became a conflict: the words are gone"]
    assert told(changes(clash, snapshot(CLAIM))) == ["correction k-abcde is no conflict any more"]


def test_a_thread_that_a_late_mail_joins_to_another_is_told_once() -> None:
    other = replace(NEW, thread_id="t-b", number=0)
    late = MailSeen("m2@example.org", "t-a", 1, "Cleo Sample", "2024-05-01T12:30:00+00:00")
    joined = snapshot(mails=(OLD, late, replace(NEW, number=2)))
    assert told(changes(snapshot(mails=(OLD, other)), joined)) == [
        "thread t-b belongs to t-a, as a mail shows: a lock",
        "new mail #1 Cleo Sample",
    ]


def test_a_thread_that_parts_is_told() -> None:
    parted = snapshot(mails=(OLD, replace(NEW, thread_id="t-b", number=0)))
    assert told(changes(snapshot(), snapshot())) == []
    assert told(changes(snapshot(), parted)) == ["thread t-b parted from t-a: a lock"]


def test_an_earlier_mail_that_gives_the_thread_another_id_is_told() -> None:
    first = MailSeen("m9@example.org", "t-z", 0, "Cleo Sample", "2024-05-01T11:00:00+00:00")
    after = snapshot(mails=(first, replace(OLD, thread_id="t-z", number=1)))
    assert told(changes(snapshot(mails=(OLD,)), after)) == [
        "thread t-a is t-z, for an earlier mail came: a lock",
        "new mail #0 Cleo Sample",
    ]


def test_a_mail_that_was_taken_back_is_told_with_its_items() -> None:
    assert told(changes(snapshot(CLAIM, NO), snapshot(CLAIM, mails=(OLD,)))) == [
        f"claim {NO.id[:7]} vanished with its mail #1 Ben Sample: “It is not.”",
        "mail #1 Ben Sample was taken back by its archive",
    ]


def test_a_real_mail_in_the_place_of_a_provisional_one_changes_nothing() -> None:
    real = replace(OLD, message_id="real@example.org")
    moved = replace(CLAIM, id=item_id("real@example.org", ItemKind.CLAIM, CLAIM.quote), message_id=real.message_id)
    places = {OLD.message_id: real.message_id}
    assert changes(snapshot(CLAIM, mails=(OLD,)), snapshot(moved, mails=(real,)), places) == ()


@pytest.mark.parametrize("what", What)
def test_every_kind_of_change_has_a_sentence(what: What) -> None:
    change = Change(what, "t-a", "m0@example.org", 0, "Ada", "", "c-abc", "claim", "It is.", "open", "done", "why")
    assert "None" not in sentence(change, short) and len(sentence(change, short)) > 10
