"""Update asks every source again, takes in what is new, and says what that changed; what fails stops nothing else."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest import pipeline
from ingest.derive import derive
from ingest.sources import read
from kb.arrivals import changes_in, last_arrival, sources_in
from kb.journal import What
from kb.journal_words import sentence
from kb.reading import reading
from kb.records import RawMail, Source, SourceKind
from tests.support.derived import derived_rows
from tests.support.mails import mail, mboxrd, message_id
from tui.updating import UpdateReport, update

THREAD = [
    mail(1, "The lock is taken twice in the fast path. Why do we need the second one?\n", subject="[PATCH] a lock"),
    mail(
        2,
        "> Why do we need the second one?\n\nThe caller does not hold it.\n",
        parent=1,
        author="Ben Sample <ben@example.org>",
    ),
    mail(3, "> The caller does not hold it.\n\nI think we should drop it then.\n", parent=2),
    mail(4, "> I think we should drop it then.\n\nSounds good.\n", parent=3, author="Cleo Sample <cleo@example.org>"),
    mail(
        5,
        "> The caller does not hold it.\n\nThat is not true, the caller holds it on the error path.\n",
        parent=2,
        author="Cleo Sample <cleo@example.org>",
    ),
]
OTHER = [mail(11, "Another list.\n", subject="Another"), mail(12, "> Another list.\n\nYes.\n", parent=11)]
PAST = 1_700_000_000


def put(path: Path, mails: Sequence[bytes]) -> Path:
    """An mbox that was last changed long ago, so that its time can be trusted; each content has its own time."""
    path.write_bytes(mboxrd(mails))
    os.utime(path, (PAST, PAST + len(mails)))
    return path


def told(report: UpdateReport) -> list[str]:
    return [sentence(change, lambda full: full[:1]) for change in report.changes]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Three mails of the thread, from an mbox."""
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, read(str(put(tmp_path / "review.mbox", THREAD[:3]))))
    return path


def at_once(folder: Path, mails: Sequence[bytes]) -> dict[str, list[tuple[object, ...]]]:
    """What is derived where all mails came at once, from the very file."""
    path = folder / "once.sqlite"
    pipeline.ingest(path, read(str(put(folder / "review.mbox", mails))))
    return derived_rows(path)


def test_update_says_that_nothing_is_new(base: Path) -> None:
    report = update(base)
    assert (report.changes, report.asked, report.added, report.failures) == ((), 1, 0, ())


def test_an_unchanged_file_is_not_read_again(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    update(base)
    monkeypatch.setattr("ingest.sources.read", None)
    assert update(base).asked == 1


def test_update_tells_new_mails_their_items_and_the_states_that_moved(base: Path, tmp_path: Path) -> None:
    put(tmp_path / "review.mbox", THREAD)
    report = update(base)
    assert told(report) == [
        "claim c: uncontested → disputed by c, #4 Cleo Sample",
        "new claim c (uncontested), #4 Cleo Sample: “That is not true, the caller holds it on the error path.”",
        "new mail #4 Cleo Sample",
        "decision d: proposed → accepted by d, #3 Cleo Sample",
        "new decision d (accepted), #3 Cleo Sample: “Sounds good.”",
        "new mail #3 Cleo Sample",
    ]
    assert derived_rows(base) == at_once(tmp_path, THREAD)


def test_changes_shows_again_what_update_told_and_ingest_writes_the_journal_too(base: Path, tmp_path: Path) -> None:
    put(tmp_path / "review.mbox", THREAD[:4])
    first = update(base)
    pipeline.ingest(base, [RawMail(THREAD[4], "by hand")])
    with reading(base) as reader:
        batch, _ = last_arrival(reader)
        assert batch == first.batch + 1
        assert [(c.what, c.number) for c in changes_in(reader, batch=batch)] == [("state", 1), ("item", 4), ("mail", 4)]
        every = changes_in(reader)
        assert [c for c in every if c.batch == first.batch] == list(first.changes)
        assert every[-1].what is What.THREAD
        thread = reader.threads()[0].id
        assert changes_in(reader, thread=thread) == every
        assert changes_in(reader, since="2999-01-01") == ()


def test_only_the_new_mail_is_parsed(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ingest.remembering as remembering

    parsed: list[str] = []
    plain = remembering._read

    def counting(thread: object, keys: object, missing: set[str], *rest: object) -> object:
        parsed.extend(missing)
        return plain(thread, keys, missing, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(remembering, "_read", counting)
    put(tmp_path / "review.mbox", THREAD[:4])
    update(base)
    assert parsed == [message_id(4).strip("<>")]


def test_a_missing_file_is_told_with_its_thread_and_the_others_go_on(base: Path, tmp_path: Path) -> None:
    pipeline.ingest(base, read(str(put(tmp_path / "other.mbox", OTHER[:1]))))
    (tmp_path / "review.mbox").unlink()
    put(tmp_path / "other.mbox", OTHER)
    report = update(base)
    (failure,) = report.failures
    assert str(failure.error) == (
        f"{tmp_path / 'review.mbox'}: is not there any more; `threadkb ingest` it from where it lies"
    )
    with reading(base) as reader:
        threads = {view.subject: view for view in reader.threads()}
    assert failure.threads == (threads["[PATCH] a lock"].id,)
    assert threads["Another"].messages == 2


def test_update_of_one_thread_asks_only_where_it_came_from(base: Path, tmp_path: Path) -> None:
    pipeline.ingest(base, read(str(put(tmp_path / "other.mbox", OTHER[:1]))))
    put(tmp_path / "review.mbox", THREAD)
    put(tmp_path / "other.mbox", OTHER)
    with reading(base) as reader:
        thread = next(view.id for view in reader.threads() if view.subject == "Another")
    report = update(base, [thread])
    assert (report.asked, told(report)) == (1, ["new mail #1 Ada Example"])


def test_a_thread_of_unknown_source_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, [RawMail(OTHER[0], "tests")])
    with reading(path) as reader:
        thread = reader.threads()[0].id
    (failure,) = update(path, [thread]).failures
    assert "nobody knows where it came from" in str(failure.error)


def test_standard_input_cannot_be_asked_again_and_the_other_sources_are(base: Path, tmp_path: Path) -> None:
    pipeline.ingest(base, [RawMail(OTHER[0], "standard input", source=Source(SourceKind.STDIN, "-"))])
    put(tmp_path / "review.mbox", THREAD[:4])
    report = update(base)
    assert (report.asked, report.left, report.added, report.failures) == (1, 1, 1, ())
    with reading(base) as reader:
        thread = next(view.id for view in reader.threads() if view.subject == "Another")
    (failure,) = update(base, [thread]).failures
    assert "came from standard input" in str(failure.error)


def test_two_addresses_of_one_thread_on_one_archive_are_asked_once(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(source: str, **_: object) -> list[RawMail]:
        asked.append(source)
        return [RawMail(one, source) for one in THREAD]

    for name in ("m1@example.org", "m3@example.org"):
        source = Source(SourceKind.LORE, name)
        number = int(name[1])
        pipeline.ingest(base, [RawMail(THREAD[number - 1], name, source=source)])
    monkeypatch.setattr("ingest.sources.read", answer)
    with reading(base) as reader:
        thread = reader.threads()[0].id
    assert update(base, [thread]).added == 2
    assert [name for name in asked if "@" in name and "/" not in name] == ["m1@example.org"]


def test_a_maildir_is_read_again_when_a_mail_came(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1").write_bytes(OTHER[0])
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, read(str(folder)))
    with reading(path) as reader:
        assert [one.source.kind for one in sources_in(reader)] == [SourceKind.MAILDIR]
    assert update(path).changes == ()
    (folder / "cur" / "2").write_bytes(OTHER[1])
    assert "new mail #1 Ada Example" in told(update(path))


def test_same_message_id_with_other_bytes_is_kept_beside_the_first(base: Path, tmp_path: Path) -> None:
    longer = THREAD[1].replace(b"The caller does not hold it.", b"The caller does not hold it. The callee takes it.")
    put(tmp_path / "review.mbox", [THREAD[0], longer, THREAD[2]])
    os.utime(tmp_path / "review.mbox", (PAST, PAST + 99))
    assert update(base).added == 1
    with reading(base) as reader:
        bodies = [m.body for m in reader.messages(reader.threads()[0].id)]
    assert any("The callee takes it." in body for body in bodies)


def test_html_in_the_place_of_an_mbox_is_told_and_changes_nothing(base: Path, tmp_path: Path) -> None:
    before = derived_rows(base)
    (tmp_path / "review.mbox").write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    (failure,) = update(base).failures
    assert str(tmp_path / "review.mbox") in str(failure.error)
    assert derived_rows(base) == before


def test_a_late_mail_joins_two_threads(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    box = tmp_path / "review.mbox"
    pipeline.ingest(path, read(str(put(box, [THREAD[0], THREAD[2]]))))
    with reading(path) as reader:
        assert len(reader.threads()) == 2
    put(box, THREAD[:3])
    report = update(path)
    assert [c.what for c in report.changes if c.what is What.JOINED] == [What.JOINED]
    assert derived_rows(path) == at_once(tmp_path, THREAD[:3])


def test_other_bytes_that_name_another_parent_part_a_thread(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    box = tmp_path / "review.mbox"
    pipeline.ingest(path, read(str(put(box, OTHER))))
    apart = mail(12, "> Another list.\n\nYes, it is quite another list, with quite other words and headers.\n")
    report = pipeline.ingest(path, [RawMail(apart + b"\n" * 200, "by hand")])
    assert [c.what for c in report.changes if c.what is What.SPLIT] == [What.SPLIT]
    with reading(path) as reader:
        assert len(reader.threads()) == 2


def test_a_clock_in_the_future_and_references_in_a_loop_leave_every_mail_in_its_place(
    base: Path, tmp_path: Path
) -> None:
    future = mail(6, "From the future.\n", parent=3).replace(b"2024 06", b"2124 06")
    loop = [
        mail(21, "One.\n", subject="Loop", parent=22),
        mail(22, "Two.\n", subject="Loop", parent=21),
    ]
    every = [*THREAD, future, *loop]
    put(tmp_path / "review.mbox", every)
    report = update(base)
    assert not report.failures
    with reading(base) as reader:
        assert sum(view.messages for view in reader.threads()) == len(every)
    assert derived_rows(base) == at_once(tmp_path, every)
    assert update(base).changes == ()


@pytest.mark.parametrize("seed", range(6))
def test_any_cut_and_any_order_of_arrival_gives_the_same_rows(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    every = [*THREAD, *OTHER]
    mails = [*every, *chance.sample(every, 3)]  # some come twice
    chance.shuffle(mails)
    path, at = tmp_path / "kb.sqlite", 0
    while at < len(mails):
        size = chance.randint(1, 4)
        pipeline.ingest(path, [RawMail(one, "tests") for one in mails[at : at + size]])
        at += size
    once = tmp_path / "once.sqlite"
    pipeline.ingest(once, [RawMail(one, "tests") for one in every])
    assert derived_rows(path) == derived_rows(once)


def test_a_kill_between_two_threads_leaves_the_first_one_whole(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "review.mbox", [*THREAD, *OTHER])
    plain, calls = derive, []

    def once(*given: object, **named: object) -> object:
        calls.append(given)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return plain(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "derive", once)
    with pytest.raises(KeyboardInterrupt):
        update(base)
    with reading(base) as reader:
        assert sorted(view.messages for view in reader.threads()) in ([5], [2, 3])
    monkeypatch.undo()
    update(base)
    assert derived_rows(base) == at_once(tmp_path, [*THREAD, *OTHER])
