"""What is to be forgotten leaves every table, the index and the file; it does not come back, whatever way it comes."""

from __future__ import annotations

import base64
import io
import json
import quopri
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import forgetting, pipeline, restoring
from ingest.mail import parse
from ingest.redacting import redacted
from kb.corrections import Verb, id_of
from kb.errors import StoreError
from kb.forgetting import Redaction, person_stones, redaction
from kb.reading import reading
from kb.records import Correction, Item, ItemKind, Named, Quote, RawMail, Verdict
from kb.store.dumping import dumped
from kb.store.forgetting import scrub
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.mails import mail
from tests.support.said import WHO, says, standing, taken_back
from tests.support.threads import run

Capture = pytest.CaptureFixture[str]
BEN = "Ben Sample <ben@example.org>"
MAILS = [
    RawMail(
        mail(0, "The lock is taken twice in the fast path.\nWe should drop the second one.\n", subject="[PATCH] a"), "t"
    ),
    RawMail(
        mail(
            1,
            "On Wed, Ada Example wrote:\n> The lock is taken twice in the fast path.\n\n"
            "Why does Ada Example need the zanzibar lock at all?\n\nPlease test this on arm64 before the merge.\n",
            parent=0,
            author=BEN,
        ),
        "t",
    ),
    RawMail(
        mail(
            2,
            "On Wed, Ben\n> Sample <Ben@Example.org> wrote:\n> Why is the zanzibar lock needed at all?\n\n"
            "Because BEN SAMPLE's caller may still hold the first one.\n\nI will test it on arm64 next week.\n"
            "See 20240501.1-ben@example.org for that, or ask ben at example.org.\n\nCc: Sample, Ben\n",
            parent=1,
        ),
        "t",
    ),
]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("spoken") / "kb.sqlite"
    for one in MAILS:
        pipeline.ingest(path, [one])  # one by one, so that the journal has something to say
    question = next(one for one in _named(path) if "zanzibar" in one.quote)
    other = next(one for one in _named(path) if one.message_id == "m0@example.org")
    first = says(Verb.CONFIRM, question, why="Ben Sample told me", who=BEN)
    pipeline.correct(path, [first, says(Verb.CONFIRM, other, minute=1, who=BEN), taken_back(first, minute=2)])
    with writing(path) as writer:
        item = Item(question.id, question.kind, Quote(question.message_id, 0, 0, question.quote), "", 1.0, "")
        writer.add_run(run(item, Verdict.VERIFIED, summary="Ben Sample is right"))
    return path


@pytest.fixture
def base(spoken: Path, tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    shutil.copy(spoken, path)
    return path


def _named(path: Path) -> list[Named]:
    with reading(path) as reader:
        return [Named(i.id, ItemKind(i.kind), i.message_id, i.quote) for i in reader.items()]


def _traces(path: Path, *words: str) -> list[str]:
    """Where one of these words stands: in the file or its log, whatever the case, and in the rows as they read."""
    found = [
        f"{file.name}: {word}"
        for file in path.parent.glob(path.name + "*")
        for word in words
        if word.encode().lower() in file.read_bytes().lower()
    ]
    connection = sqlite3.connect(path)
    found += [f"rows: {word}" for line in connection.iterdump() for word in words if word.lower() in line.lower()]
    connection.close()
    return [*found, *(f"dump: {w}" for line in dumped(path, mail=True) for w in words if w.lower() in line.lower())]


WORDS = ("ben sample", "sample, ben", "ben@example.org", "ben at example.org")


def test_the_search_for_traces_finds_them_before(base: Path) -> None:
    assert {trace.partition(": ")[2] for trace in _traces(base, *WORDS)} == set(WORDS)
    assert {trace.partition(": ")[0] for trace in _traces(base, "zanzibar")} >= {"kb.sqlite", "rows"}


def test_a_forgotten_person_leaves_no_trace_and_the_discussion_stays(base: Path) -> None:
    with reading(base) as reader:
        before = {i.quote for i in reader.items() if i.number < 2}
    report = forgetting.forget_person(base, ["Ben Sample"], ["ben@example.org"])
    assert _traces(base, *WORDS) == []
    with reading(base) as reader:
        assert {i.quote for i in reader.items() if i.number < 2} == before
        authors = {m.author for thread in reader.threads() for m in reader.messages(thread.id)}
        assert authors == {"Ada Example", report.label}
        assert {m.address for t in reader.threads() for m in reader.messages(t.id)} > {"ada@example.org"}
        assert reader.search("zanzibar")


def test_what_was_said_of_a_forgotten_persons_words_still_counts(base: Path) -> None:
    before = {id_of(c): c for c in _corrections(base)}
    report = forgetting.forget_person(base, ["Ada Example"], ["ada@example.org"])
    after = _corrections(base)
    question = next(one for one in _named(base) if "zanzibar" in one.quote)
    assert question.quote == f"Why does {report.label} need the zanzibar lock at all?"
    assert after[0].item_id == question.id == after[0].named[0].id
    assert after[2].value == id_of(after[0]) not in before
    with reading(base) as reader:
        assert reader.conflicts() == {}
        assert [r.verdict for r in reader.runs_of(question.id)] == ["verified"]


def _corrections(path: Path) -> list[Correction]:
    with reading(path) as reader:
        return list(reader.corrections())


def test_a_forgotten_person_does_not_come_back_with_the_mail_a_rebuild_or_a_dump(base: Path, spoken: Path) -> None:
    forgetting.forget_person(base, ["Ben Sample"], ["ben@example.org"])
    before = standing(base)
    assert pipeline.ingest(base, MAILS).added == 0
    pipeline.rebuild(base)
    restoring.restore(base, io.BytesIO("".join(dumped(spoken, mail=True)).encode()), "old", merge=True)
    assert standing(base) == before
    late = mail(3, "I agree.\n", parent=1, author="Ben Sample <ben@example.org>")
    assert pipeline.ingest(base, [RawMail(late, "t")]).added == 1
    scrub(base)
    assert _traces(base, *WORDS) == []


def test_a_forgotten_mail_leaves_no_trace_but_what_others_quote(base: Path) -> None:
    report = forgetting.forget_mail(base, "m1@example.org")
    assert report.rows["raw_mails"] == 1 and report.rows["corrections"] == 2 and report.rows["runs"] == 1
    left = _traces(base, "why does ada example need", "please test this on arm64 before the merge")
    assert left == []
    with reading(base) as reader:
        assert {m.message_id for t in reader.threads() for m in reader.messages(t.id)} == {
            "m0@example.org",
            "m2@example.org",
        }
        assert [c.named[0].message_id for c in reader.corrections()] == ["m0@example.org"]


def test_a_forgotten_mail_does_not_come_back(base: Path, spoken: Path) -> None:
    forgetting.forget_mail(base, "m1@example.org")
    before = standing(base)
    assert pipeline.ingest(base, MAILS).added == 0
    pipeline.rebuild(base)
    restoring.restore(base, io.BytesIO("".join(dumped(spoken, mail=True)).encode()), "old", merge=True)
    assert standing(base) == before
    stone = [row for row in map(json.loads, dumped(base)) if row["table"] == "forgotten"]
    assert [(row["what"], row["label"], len(row["digest"])) for row in stone] == [("mail", "", 64)]


def test_a_thread_of_one_mail_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    pipeline.ingest(path, MAILS[:1])
    forgetting.forget_mail(path, "m0@example.org")
    with reading(path) as reader:
        assert reader.threads() == ()
    assert _traces(path, "the lock is taken", "ada example") == []


def test_a_reader_that_keeps_the_log_open_is_told_of(base: Path) -> None:
    pipeline.ingest(base, MAILS)
    with sqlite3.connect(base, isolation_level=None) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM items").fetchone()
        with pytest.raises(StoreError, match="forget"):
            scrub(base, patience=0.1)
    other.close()
    scrub(base)


BEN_GONE = redaction(person_stones(["Ben Sample"], ["ben@example.org"]))


def _with_body(encoding: str, body: bytes, headers: str = "From: Ada <ada@example.org>") -> bytes:
    head = f"{headers}\nMessage-ID: <x@example.org>\nContent-Type: text/plain; charset=utf-8\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n".encode() + body


@pytest.mark.parametrize(
    "content",
    [
        _with_body("base64", base64.encodebytes(b"It is Ben Sample's.\n")),
        _with_body("quoted-printable", b"It is Ben=20S=\nample's.\n"),
        _with_body("8bit", b"hello\n", "From: =?utf-8?q?Ben_Sample?= <ben@example.org>"),
        _with_body("8bit", b"hello\n", "From: =?utf-8?b?" + base64.b64encode(b"Ben Sample").decode() + "?= <a@b.c>"),
        _with_body("8bit", b"hello\n", "From: Ben\n Sample <ben@example.org>"),
        _with_body("8bit", b'Signed-off-by: "Sample, Ben" <BEN@example.org>\n> ben\n> sample\n'),
        b"not a mail at all, Ben Sample",
        b"\xff\xfe Ben Sample \xff",
    ],
    ids=["base64", "quoted-printable", "q-word", "b-word", "folded", "quoted", "no mail", "bytes"],
)
def test_a_name_is_found_however_it_is_written(content: bytes) -> None:
    fresh = redacted(content, BEN_GONE)
    message = parse(RawMail(fresh, ""))
    text = " ".join(f"{message.author} {message.address} {message.body}".casefold().replace(">", "").split())
    assert "ben sample" not in text and "sample, ben" not in text and "ben@example.org" not in text
    assert "removed" in text
    assert redacted(fresh, BEN_GONE) == fresh


@pytest.mark.parametrize("text", ["Benjamin Sample", "Ben. A Sample", "the bens sample", "big-ben@example.organic"])
def test_other_words_stay(text: str) -> None:
    assert BEN_GONE.rewrite(text) == text


@given(st.binary(max_size=300), st.sampled_from(["8bit", "base64", "quoted-printable"]))
def test_any_bytes_are_rewritten_once_and_for_all(noise: bytes, encoding: str) -> None:
    body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(
        noise + b"\nBen Sample\n"
    )
    once = redacted(_with_body(encoding, body), BEN_GONE)
    assert redacted(once, BEN_GONE) == once
    assert "ben sample" not in parse(RawMail(once, "")).body.casefold()


def test_what_names_nobody_changes_nothing() -> None:
    assert Redaction({}, ()).rewrite("Ben Sample") == "Ben Sample"
    assert redacted(MAILS[0].content, BEN_GONE) == MAILS[0].content


def test_forget_asks_says_and_does(capsys: Capture, base: Path) -> None:
    refused = here(capsys, "forget", "Ben Sample", "--db", base)
    assert (refused.code, "nobody can be asked here; give --yes" in refused.err) == (2, True)
    dry = json.loads(here(capsys, "forget", "BEN@example.org", "--dry-run", "--json", "--db", base).out)
    assert (dry["names"], dry["addresses"], dry["mails"], dry["done"]) == (
        ["Ben Sample"],
        ["ben@example.org"],
        1,
        False,
    )
    assert _traces(base, "ben sample")
    ran = here(capsys, "forget", "ben sample", "--yes", "--db", base)
    assert (ran.code, "[removed person " in ran.out, _traces(base, *WORDS)) == (0, True, [])
    mail_gone = here(capsys, "forget", "m2@example.org", "--yes", "--json", "--db", base)
    assert (json.loads(mail_gone.out)["done"], mail_gone.code) == (True, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody@example.org", "--yes"], "no mail has this Message-ID, and nobody writes under this name"),
        (["Ben", "--yes"], "did you mean 'Ben Sample'?"),
        (["m1@example.org", "--also", "Ben", "--yes"], "names a person, and a mail is to be forgotten"),
        (["", "--yes", "--anyway"], "an empty name is nobody's"),
    ],
)
def test_what_is_not_meant_is_not_forgotten(capsys: Capture, base: Path, arguments: list[str], words: str) -> None:
    ran = here(capsys, "forget", *arguments, "--db", base)
    assert (ran.code, words in ran.one_line()) == (2, True)


def test_somebody_who_only_corrects_can_be_forgotten_too(capsys: Capture, base: Path) -> None:
    item = next(one for one in _named(base) if one.message_id == "m0@example.org")
    pipeline.correct(base, [says(Verb.CONFIRM, item, minute=9)])
    name, _, address = WHO.partition(" <")
    ran = here(capsys, "forget", name, "--also", address.strip(">"), "--anyway", "--yes", "--db", base)
    assert (ran.code, _traces(base, name, address.strip(">"))) == (0, [])
