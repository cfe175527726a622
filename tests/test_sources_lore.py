"""Sources: what b4's configuration and a failing server do to a fetch, and what b4 reads of series."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from ingest.sources import lore, read
from ingest.sources.lore import series_of
from ingest.sources.lore_address import Address, address_of, shown
from ingest.sources.lore_series import TrailerSummary
from kb.errors import SourceError, UsageError
from kb.records import RawMail
from tests.support.failing_server import Answer, failing_server
from tests.support.git_settings import git_settings
from tests.support.mails import PATCH, mail, mboxrd
from tests.support.publicinbox import free_port

ROOT = Path(__file__).resolve().parent.parent
FULL = ROOT / "data" / "threads" / "fuse-tmp-folio-v2.full.mbox"
GOOD = gzip.compress(mboxrd([mail(1, PATCH, subject="[PATCH] a"), mail(2, "Why?\n", parent=1)]), mtime=0)
LORE = "https://lore.kernel.org"


@pytest.mark.parametrize(
    ("source", "archive"),
    [
        ("a@b.example", None),
        ("<a@b.example>", None),
        ("id:a@b.example", None),
        (f"{LORE}/linux-fsdevel/a@b.example/", f"{LORE}/linux-fsdevel"),
        (f"{LORE}/all/a@b.example/T/#u", f"{LORE}/all"),
        (f"{LORE}/all/%3Ca@b.example%3E/t.mbox.gz", f"{LORE}/all"),
        (f"{LORE}/r/a@b.example", None),
        ("https://patch.msgid.link/a@b.example", None),
        ("https://patchwork.kernel.org/project/some-list/patch/a@b.example/", None),
        ("http://127.0.0.1:8080/list/a@b.example/raw", "http://127.0.0.1:8080/list"),
        ("http://archive.example/r/a@b.example/", "http://archive.example/all"),
        ("http://archive.example/under/list/a@b.example/", "http://archive.example/under/list"),
    ],
)
def test_address_is_read_as_people_paste_it(source: str, archive: str | None) -> None:
    assert address_of(source) == Address("a@b.example", archive)


def test_address_with_an_escaped_slash_is_one_message_id() -> None:
    assert address_of(f"{LORE}/all/a%2Fb@c.example/").message_id == "a/b@c.example"


@pytest.mark.parametrize(
    "source", [f"{LORE}/linux-fsdevel/", f"{LORE}/all/?q=s:fuse", "https://", "http://[::1/a@b", "https://x/a%0a@b/"]
)
def test_url_without_a_message_id_is_told(source: str) -> None:
    with pytest.raises(UsageError):
        read(source)


def test_password_of_a_url_is_not_shown() -> None:
    assert shown("https://me:secret@archive.example/list/a@b/") == "https://archive.example/list/a@b/"


class Pauses(list[float]):
    """Stands in for `time.sleep`."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def fetched(url: str, pauses: Pauses | None = None) -> list[RawMail]:
    return lore.read(f"{url}/list/m1@example.org/", sleep=Pauses() if pauses is None else pauses)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    git_settings(monkeypatch, tmp_path, [])


@pytest.mark.parametrize(
    ("answer", "what", "asked"),
    [
        (Answer(404), "there is no such message; check the Message-ID", 1),
        (Answer(403), "the server refuses (403); save its mbox with a browser and give the file", 1),
        (Answer(418), "the server answers 418; open it in a browser to see what it is", 1),
        (Answer(429), "the server asks to be left alone for a while (429); try again later", 3),
        (Answer(500), "the server fails (500); try again later, or name another in b4.midmask", 3),
        (Answer(503), "the server fails (503); try again later, or name another in b4.midmask", 3),
        (Answer(body=GOOD[: len(GOOD) // 2]), "the server's answer ends too early; try again", 1),
        (Answer(body=GOOD[:40], promised=len(GOOD)), "the connection broke off; try again", 1),
        (Answer(body=b"<html>Are you human?</html>"), "the server sent something that is no mbox; ", 1),
        (Answer(body=GOOD[:60] + b"\xff" * 60), "the server sent something that is no mbox; ", 1),
        (Answer(body=gzip.compress(b"<html>hello</html>")), "the server sent something that is no mbox; ", 2),
        (Answer(body=b""), "", 1),
        (Answer(body=gzip.compress(b"")), "", 1),
        (
            Answer(body=gzip.compress(mboxrd([mail(7, "x\n", parent=1)]))),
            "the server sent a thread without that message; ",
            1,
        ),
        (Answer(302, headers={"Location": "/list/m1@example.org/t.mbox.gz"}), "this address cannot be asked; ", 31),
    ],
)
def test_failing_server_is_told_in_one_line_with_what_to_do(
    answer: Answer, what: str, asked: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with failing_server([answer]) as (url, paths), pytest.raises(SourceError) as told:
        fetched(url)
    assert str(told.value).startswith(f"{url}/list/m1@example.org/: {what}")
    assert told.value.todo
    assert "\n" not in str(told.value)
    assert len(paths) == asked
    assert capfd.readouterr() == ("", "")


def test_server_that_is_down_is_tried_three_times_and_told() -> None:
    pauses = Pauses()
    with pytest.raises(SourceError, match=r"the server does not answer; check the network"):
        fetched(f"http://127.0.0.1:{free_port()}", pauses)
    assert pauses == list(lore.WAITS)


def test_server_that_recovers_is_read() -> None:
    pauses = Pauses()
    with failing_server([Answer(503), Answer(429), Answer(body=GOOD)]) as (url, _):
        assert len(fetched(url, pauses)) == 2
    assert pauses == list(lore.WAITS)


def test_slow_server_is_given_up_after_the_configured_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with failing_server([Answer(body=GOOD, delay=2.0)]) as (url, paths):
        git_settings(monkeypatch, tmp_path, [(f"liblore.{url}.requesttimeout", "1,0.2")])
        began = time.monotonic()
        with pytest.raises(SourceError, match="the server does not answer in time"):
            fetched(url)
        assert time.monotonic() - began < 1.9
        assert len(paths) == 1


def test_broken_answer_in_b4s_cache_is_fetched_again() -> None:
    with failing_server([Answer(body=gzip.compress(b"<html>soon</html>")), Answer(body=GOOD)]) as (url, paths):
        assert len(fetched(url)) == 2
        assert len(fetched(url)) == 2
    assert len(paths) == 2


def test_midmask_without_a_list_asks_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with failing_server([Answer(body=GOOD)]) as (url, paths):
        git_settings(monkeypatch, tmp_path, [("b4.midmask", f"{url}/%s")])
        assert len(read("m1@example.org")) == 2
    assert paths == ["/all/m1%40example.org/t.mbox.gz"]


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ([("b4.midmask", "ftp://archive.example/%s")], r"b4\.midmask: .* is no http\(s\) URL"),
        ([("b4.listid-preference", "only.example")], "b4's configuration: cannot be used"),
        ([(f"liblore.{LORE}.fallback", "nonsense")], "b4's configuration: cannot be used"),
    ],
)
def test_configuration_that_b4_cannot_use_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: list[tuple[str, str]], what: str
) -> None:
    git_settings(monkeypatch, tmp_path, settings)
    with pytest.raises(SourceError, match=what):
        read("m1@example.org")


def test_cache_folder_that_cannot_be_made_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "in-the-way"))
    with pytest.raises(SourceError, match="b4: cannot start"):
        read("m1@example.org")


def raw(*mails: bytes) -> list[RawMail]:
    return [RawMail(content, "tests") for content in mails]


def test_series_of_the_bundled_thread_is_as_its_subjects_announce() -> None:
    mails = read(str(FULL))
    (series,) = series_of(mails)
    assert len(mails) == 63
    assert (series.revision, series.expected, series.found) == (2, 2, 2)
    assert [patch.number for patch in series.patches] == [0, 1, 2]
    cover = series.patches[0].message_id
    assert [patch.message_id for patch in series.patches[1:]] == [cover.replace("-1-", f"-{n}-") for n in (2, 3)]
    assert all({t.name for t in patch.trailers} == {"Signed-off-by"} for patch in series.patches[1:])
    assert {t.given_by for patch in series.patches for t in patch.trailers} == {series.patches[0].author}


def test_series_keeps_who_gave_a_trailer_and_where() -> None:
    (series,) = series_of(
        raw(
            mail(1, PATCH + "\nchange-id: 20240501-once-1234\n", subject="[PATCH v3 1/2] once"),
            mail(2, "Reviewed-by: Ben Sample <ben@example.org>\n", parent=1, author="Ben Sample <ben@example.org>"),
            mail(3, "Acked-by: Cleo Sample <cleo@example.org>\n", parent=1, author="Dan Sample <dan@example.org>"),
        )
    )
    assert (series.revision, series.expected, series.found, series.change_id) == (3, 2, 1, "20240501-once-1234")
    assert series.patches[0].trailers == (
        TrailerSummary("Signed-off-by", "Ada Example <ada@example.org>", "Ada Example", "m1@example.org"),
        TrailerSummary("Reviewed-by", "Ben Sample <ben@example.org>", "Ben Sample", "m2@example.org"),
    )


def test_series_of_two_revisions_gives_no_trailer_twice() -> None:
    ack = "Acked-by: Ben Sample <ben@example.org>\n"
    first, second = series_of(
        raw(
            mail(1, PATCH, subject="[PATCH] once"),
            mail(2, ack, parent=1, author="Ben Sample <ben@example.org>"),
            mail(3, PATCH.replace("lock();\n", "lock(1);\n"), subject="[PATCH v2] once", parent=1),
            mail(4, ack, parent=3, author="Ben Sample <ben@example.org>"),
        )
    )
    assert [t.message_id for t in first.patches[0].trailers if t.name == "Acked-by"] == ["m2@example.org"]
    assert [t.message_id for t in second.patches[0].trailers if t.name == "Acked-by"] == ["m4@example.org"]


def test_series_whose_patches_are_missing_is_still_told() -> None:
    (series,) = series_of(
        raw(mail(1, "The cover.\n\n a.c | 2 +-\n 1 file changed, 1 insertion(+)\n", subject="[PATCH 0/4] all"))
    )
    assert (series.subject, series.expected, series.found) == ("all", 4, 0)


def test_discussion_without_patches_is_no_series() -> None:
    assert series_of(raw(mail(1, "What if?\n", subject="An idea"), mail(2, "Why not.\n", parent=1))) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: [PATCH 9999/1] x\n\n",
        b"Message-ID: <>\nSubject: [PATCH] x\n\n" + PATCH.encode(),
        mail(1, PATCH, subject="[" * 100_000),
        mail(1, "a: b\n" * 100_000),
        mail(1, "a: 1 (\n" * 50_000),
        mail(1, "Fixes: " + "a" * 10_000 + "\n"),
        mail(1, "Link: " + "a@" * 10_000 + "\n"),
        mail(1, f"x{chr(10) * 200_000}x\n"),
        mail(1, "1 file " + "1" * 100_000 + "\n"),
        mail(1, "x\n", headers=["References: " + "<a@b> " * 50_000]),
        bytes(range(256)) * 10,
    ],
    ids=[
        "empty",
        "count",
        "no-id",
        "subject",
        "names",
        "fixes",
        "word",
        "marks",
        "blank",
        "stat",
        "ancestors",
        "binary",
    ],
)
def test_odd_mail_stops_no_series_and_costs_no_time(content: bytes) -> None:
    began = time.monotonic()
    found = series_of(raw(content, mail(3, PATCH, subject="[PATCH v7] once")))
    assert 7 in {series.revision for series in found}
    assert time.monotonic() - began < 5


def test_revision_that_no_series_has_is_left_out() -> None:
    mails = [
        RawMail(mail(1, PATCH, subject=f"[PATCH v{'9' * 30}] a"), "here"),
        RawMail(mail(2, PATCH, subject="[PATCH v2] a"), "here"),
    ]
    assert [one.revision for one in series_of(mails)] == [2]
