"""Sources: mboxes of every writer, Maildirs, single mails and standard input."""

from __future__ import annotations

import gzip
import io
import mailbox
import os
import tempfile
import threading
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources import mbox, read
from ingest.sources.mbox import split
from kb.errors import SourceError, UsageError
from kb.records import RawMail, Source, SourceKind
from tests.support.mails import mail, mboxo, mboxrd

ROOT = Path(__file__).resolve().parent.parent
FUSE = ROOT / "data" / "threads" / "fuse-tmp-folio-v2.mbox"
TWO = [mail(1, "One.\n"), mail(2, "Two.\n", parent=1)]
_LINE = st.sampled_from(
    ["", "From here on", ">From there", ">>From", ">>From x", "> From", "text", "From a Wed May  1 10:00:00 2024"]
)


def written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)


def reads_everything() -> bool:
    """Whether rights mean nothing to this user, as to root."""
    with tempfile.TemporaryDirectory() as folder:
        locked = Path(folder) / "locked"
        locked.touch(mode=0)
        return os.access(locked, os.R_OK)


def contents(mails: list[RawMail]) -> list[bytes]:
    return [one.content for one in mails]


@given(st.lists(st.lists(_LINE, min_size=1, max_size=8), min_size=1, max_size=4))
def test_mboxrd_gives_every_mail_back_byte_for_byte(bodies: list[list[str]]) -> None:
    mails = [mail(number, "\n".join(lines) + "\n") for number, lines in enumerate(bodies)]
    assert split(mboxrd(mails)) == mails


def test_mboxo_loses_the_mark_that_its_writer_put_before_a_line() -> None:
    mails = [mail(1, "Hello.\n\nFrom here on all is well.\n"), *TWO]
    assert b"\n>From here" in mboxo(mails)
    assert split(mboxo(mails)) == mails


def test_mboxo_keeps_the_mark_of_a_line_that_stands_in_a_quotation() -> None:
    mails = [mail(1, "> Quoted:\n>From the start.\n\nYes.\n")]
    assert split(mboxo(mails)) == mails


def test_mbox_of_a_writer_that_escapes_nothing_keeps_every_mark() -> None:
    body = "Hello.\n\nFrom here on all is well.\n\n>From there too.\n\nBye.\n"
    content = b"From ada@example.org Wed May  1 10:00:00 2024\n" + mail(1, body) + b"\n"
    assert split(content) == [mail(1, body)]


def test_mbox_takes_a_patch_pasted_into_a_body_for_a_part_of_that_body() -> None:
    pasted = (
        "Try this:\n\nFrom " + "0123456789abcdef" * 2 + "01234567 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.example>\n"
    )
    content = b"From ada@example.org Wed May  1 10:00:00 2024\n" + mail(1, pasted) + b"\n"
    assert split(content) == [mail(1, pasted)]


def test_mbox_of_git_format_patch_gives_every_patch() -> None:
    from_line = b"From " + b"0123456789abcdef" * 2 + b"01234567 Mon Sep 17 00:00:00 2001\n"
    assert split(from_line + TWO[0] + b"\n" + from_line + TWO[1] + b"\n") == TWO


def test_mbox_with_crlf_line_ends_is_split() -> None:
    content = mboxrd(TWO).replace(b"\n", b"\r\n")
    assert split(content) == [one.replace(b"\n", b"\r\n") for one in TWO]


def test_mbox_does_not_trust_content_length() -> None:
    mails = [mail(1, "One.\n", headers=["Content-Length: 100000"]), TWO[1]]
    assert split(mboxo(mails)) == mails


def test_mbox_file_gives_its_mails_with_their_places(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mbox", mboxrd(TWO))
    source = Source(SourceKind.FILE, str(path))
    assert read(path) == [RawMail(content, f"{path}#{n}", source=source) for n, content in enumerate(TWO, start=1)]


def test_mbox_packed_with_gzip_is_read_whatever_its_name(tmp_path: Path) -> None:
    assert contents(read(written(tmp_path / "t", gzip.compress(mboxrd(TWO), mtime=0)))) == TWO


def test_bundled_thread_has_57_mails_and_each_of_them_whole() -> None:
    mails = contents(read(str(FUSE)))
    whole = FUSE.read_bytes()
    assert len(mails) == 57
    assert all(one in whole for one in mails)
    assert sum(map(len, mails)) + sum(
        len(line) + 1 for line in whole.split(b"\n") if line.startswith(b"From MAIL")
    ) + 57 == len(whole)


def test_single_mail_is_read_with_the_from_lines_of_its_body(tmp_path: Path) -> None:
    one = mail(1, "Hi.\n\nFrom ada@example.org Wed May  1 10:00:00 2024\n>From x\n")
    assert contents(read(written(tmp_path / "one.eml", one))) == [one]


@pytest.mark.parametrize("content", [mboxrd(TWO), gzip.compress(mboxrd(TWO), mtime=0), b"\xef\xbb\xbf\n" + mboxrd(TWO)])
def test_standard_input_is_read_as_a_file_would_be(content: bytes) -> None:
    mails = read("-", stdin=io.BytesIO(content))
    assert contents(mails) == TWO
    assert mails[0].origin == "standard input#1"


def test_maildir_gives_the_mails_of_cur_and_new(tmp_path: Path) -> None:
    box = mailbox.Maildir(str(tmp_path / "box"))
    for one in TWO:
        box.add(one)
    seen = mailbox.MaildirMessage(mail(3, "From the start.\n\n>From there.\n"))
    seen.set_subdir("cur")
    box.add(seen)
    (tmp_path / "box" / "new" / "9.note").write_text("no mail at all\n")
    told: list[str] = []
    mails = read(str(tmp_path / "box"), progress=told.append)
    assert sorted(contents(mails)) == sorted([*TWO, mail(3, "From the start.\n\n>From there.\n")])
    assert told == [f"{tmp_path / 'box'}#9.note: is no mail, left out"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "there is nothing in it"),
        (b"\n\n", "there is nothing in it"),
        (b"Dear diary,\nnothing happened.\n", "this is no mail, no mbox and no patchwork page"),
        (b"From here on: nothing\n", "this is no mail, no mbox and no patchwork page"),
        (b"From mboxrd@z Thu Jan  1 00:00:00 1970\n\nnothing\n", "there is no mail in this mbox"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "this is no mail, no mbox and no patchwork page"),
        (gzip.compress(mboxrd(TWO), mtime=0)[:60], "the gzip ends too early"),
        (gzip.compress(b"", mtime=0), "there is nothing in it"),
        (b"\x1f\x8bnonsense", "the gzip is damaged"),
        (gzip.compress(mboxrd(TWO), mtime=0)[:30] + b"\xff" * 40, "the gzip is damaged"),
    ],
)
def test_file_that_holds_no_mail_is_told_in_one_line(tmp_path: Path, content: bytes, what: str) -> None:
    path = written(tmp_path / "odd", content)
    with pytest.raises(SourceError) as told:
        read(path)
    assert str(told.value).startswith(f"{path}: {what}")
    assert told.value.todo
    assert "\n" not in str(told.value)


def test_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources.mbox.LARGEST", 1 << 20)
    path = written(tmp_path / "bomb.gz", gzip.compress(bytes((1 << 20) + 1)))
    with pytest.raises(SourceError, match="unpacks to more than 1 MiB"):
        read(path)


@pytest.mark.parametrize("name", ["no-such.mbox", "no/such", "./no", "~/no-such-file.eml", "/no/such/a@b"])
def test_missing_file_is_told_with_what_to_do(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(SourceError, match="no such file or folder; check the name"):
        read(name)


@pytest.mark.parametrize(
    "source", ["", "nonsense", "two words", "a@b@c", "<a@b", "nul\x00byte", "x" * 5000], ids=lambda s: repr(s[:12])
)
def test_source_that_names_nothing_is_told_with_what_is_expected(source: str) -> None:
    with pytest.raises(UsageError, match="neither a file nor a Message-ID; give a Message-ID, a lore URL, an mbox"):
        read(source)


def test_folder_that_is_no_maildir_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a folder, but no Maildir \(no cur/ and new/\)"):
        read(str(tmp_path))


def test_empty_maildir_is_told(tmp_path: Path) -> None:
    mailbox.Maildir(str(tmp_path / "box"))
    with pytest.raises(SourceError, match="there is no mail in this Maildir"):
        read(str(tmp_path / "box"))


@pytest.mark.skipif(reads_everything(), reason="this user may read what has no rights for anybody")
@pytest.mark.parametrize("kind", ["file", "folder", "maildir", "within"])
def test_source_without_rights_is_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "locked"
    if kind == "maildir":
        mailbox.Maildir(str(path))
        (path / "new").chmod(0)
    elif kind == "file":
        path.write_bytes(mboxrd(TWO))
        path.chmod(0)
    else:
        path.mkdir(mode=0)
    try:
        with pytest.raises(SourceError, match="cannot be read"):
            read(str(path / "a.mbox" if kind == "within" else path))
    finally:
        (path / "new" if kind == "maildir" else path).chmod(0o700)


@pytest.mark.parametrize("asked", ["open", "iterdir", "exists"])
def test_refusal_by_the_system_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    def refused(*_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path if asked == "iterdir" else Path(written(tmp_path / "a.mbox", mboxrd(TWO)))
    monkeypatch.setattr(Path, asked, refused)
    with pytest.raises(SourceError, match=r"cannot be read \(Permission denied\); check"):
        read(str(path))


def test_standard_input_that_breaks_is_told() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(SourceError, match="standard input: cannot be read"):
        read("-", stdin=Broken())


def test_standard_input_that_is_a_terminal_is_not_waited_for() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    with pytest.raises(UsageError, match="-: standard input is a terminal; pipe a mail"):
        read("-", stdin=Terminal())


def test_gzip_error_of_zlib_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> bytes:
        raise zlib.error("invalid block")

    monkeypatch.setattr(gzip.GzipFile, "read", broken)
    with pytest.raises(SourceError, match="the gzip is damaged"):
        read(written(tmp_path / "a.gz", gzip.compress(b"x", mtime=0)))


def test_stream_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "LARGEST", 3 << 20)
    with Path("/dev/zero").open("rb") as stream, pytest.raises(SourceError, match="input: holds more than 3 MiB"):
        read("-", stdin=stream)


def test_file_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mbox, "LARGEST", 1000)
    with pytest.raises(SourceError, match=r"large\.mbox: holds more than"):
        read(written(tmp_path / "large.mbox", mboxrd([mail(1, "word " * 1000)])))


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_device_is_no_source(device: str) -> None:
    with pytest.raises(SourceError, match=f"{device}: neither a file nor a folder"):
        read(device)


def test_pipe_with_a_name_is_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(mboxrd(TWO),))
    writer.start()
    assert contents(read(str(pipe))) == TWO
    writer.join()


def test_maildir_leaves_out_what_is_no_plain_file(tmp_path: Path) -> None:
    box = mailbox.Maildir(str(tmp_path / "box"))
    box.add(TWO[0])
    os.mkfifo(tmp_path / "box" / "cur" / "pipe")
    (tmp_path / "box" / "cur" / "zero").symlink_to("/dev/zero")
    (tmp_path / "box" / "new" / "gone").symlink_to(tmp_path / "absent")
    (tmp_path / "box" / "new" / "folder").mkdir()
    told: list[str] = []
    assert contents(read(str(tmp_path / "box"), progress=told.append)) == TWO[:1]
    assert [line.partition("#")[2] for line in sorted(told)] == [
        f"{name}: is no plain file, left out" for name in ("gone", "pipe", "zero")
    ]


def test_name_that_is_no_text_leaves_an_origin_that_is(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff.mbox"))
    path.write_bytes(mboxrd(TWO))
    assert [one.origin.rpartition("/")[2] for one in read(str(path))] == ["odd\\xff.mbox#1", "odd\\xff.mbox#2"]
