"""Bytes of one mail to a message: nothing raises, no readable text is lost, what is odd is a problem with a place."""

from __future__ import annotations

import base64
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mail import is_mail, parse
from ingest.parts import text_of_html
from kb.records import Message, RawMail

ODD = Path(__file__).resolve().parents[2] / "shared" / "odd"
HEADERS = ("From", "Date", "Message-ID", "In-Reply-To", "References", "Subject", "Content-Type", "Received")
ENCODINGS = ("Content-Transfer-Encoding", "Content-Disposition")
VALUES = (
    "multipart/mixed; boundary=b",
    "text/plain; charset*0*=utf-7''x",
    "base64",
    "uuencode",
    "text/html",
    "=?utf-7?b?2AA=?=",
    "message/rfc822",
    "<<>>",
    "Mon, 99 Foo 0000 99:99:99 +9999",
    "a;b*=c''%",
)
HEAD = "From: Ada <ada@example.org>\nDate: Wed, 1 May 2024 10:00:00 +0200\nMessage-ID: <a@x>\n"


def read(text: str | bytes) -> Message:
    return parse(RawMail(text.encode() if isinstance(text, str) else text, "test"))


def said(message: Message) -> str:
    return " | ".join(problem.what for problem in message.problems)


def test_a_plain_mail_gives_its_fields_without_problems() -> None:
    message = read(HEAD + "Subject: =?utf-8?q?caf=C3=A9?= =?utf-8?q?_au?= lait\nIn-Reply-To: <p@x>\n\nOne.\r\nTwo.\n")
    assert (message.message_id, message.parent_id, message.author, message.address) == (
        "a@x",
        "p@x",
        "Ada",
        "ada@example.org",
    )
    assert message.subject == "café au lait"
    assert message.date == datetime(2024, 5, 1, 8, tzinfo=UTC)
    assert message.body == "One.\nTwo.\n"
    assert not message.problems


def test_a_character_split_between_encoded_words_is_joined() -> None:
    assert (
        read(HEAD + "Subject: =?utf-8?b?w6k=?= =?utf-8?b?w6k=?= =?utf-8?q?=C3?= =?utf-8?q?=A9?=\n\nx\n").subject
        == "ééé"
    )


def test_raw_eight_bit_headers_are_decoded() -> None:
    assert read(b"From: J\xc3\xb6rg <j@x>\nSubject: gr\xfcn\n\nx").author == "Jörg"
    assert read(b"From: a@x\nSubject: gr\xfcn\n\nx").subject == "grün"


@pytest.mark.parametrize(
    ("value", "author", "address"),
    [
        ('"Doe, Joe" <j@x.org>', "Doe, Joe", "j@x.org"),
        ("Doe, Joe <j@x.org>", "Doe, Joe", "j@x.org"),
        ("Joe via list <l@x.org>", "Joe via list", "l@x.org"),
        ("j@x.org (Joe Doe)", "Joe Doe", "j@x.org"),
        ("j@x.org", "j@x.org", "j@x.org"),
        ("=?iso-8859-1?q?J=F6rg?= <j@x.org>", "Jörg", "j@x.org"),
        ("'Joe' <j@x.org>", "Joe", "j@x.org"),
    ],
)
def test_an_author_is_a_name_and_an_address(value: str, author: str, address: str) -> None:
    message = read(f"From: {value}\nMessage-ID: <a@x>\n\nx")
    assert (message.author, message.address) == (author, address)


def test_a_mail_without_an_id_gets_the_same_synthetic_one_each_time() -> None:
    first, again = (read("From: a@x\nSubject: s\n\nx") for _ in range(2))
    assert re.fullmatch(r"sha256-[0-9a-f]{24}@threadkb\.invalid", first.message_id)
    assert first == again
    assert "no Message-ID" in said(first)
    assert "malformed Message-ID" in said(read("From: a@x\nMessage-ID: junk\n\nx"))


def test_a_bare_id_is_kept_because_replies_name_it() -> None:
    message = read("From: a@x\nMessage-ID: a.b@x\n\nx")
    assert message.message_id == "a.b@x"
    assert "without angle brackets" in said(message)


def test_the_first_of_several_ids_counts_and_the_problem_names_its_line() -> None:
    message = read("From: a@x\nMessage-ID: <one@x>\nMessage-ID: <two@x>\n\nx")
    assert message.message_id == "one@x"
    assert [problem.place for problem in message.problems if "2 Message-IDs" in problem.what] == ["one@x:2"]


@pytest.mark.parametrize(
    ("headers", "parent", "references"),
    [
        ('In-Reply-To: <p@x> (Joe\'s message of "Tue, 3 Feb")\n', "p@x", ()),
        ("In-Reply-To: <p@x>\n <q@x>\n", "p@x", ()),
        ("In-Reply-To: your mail of Monday\nReferences: <q@x>,<r@x>\n", "r@x", ("q@x", "r@x")),
        ("In-Reply-To: <a@x>\nReferences: <q@x> <a@x>\n", "q@x", ("q@x",)),
        ("References: <q@x> <q@x> garbage <r@x>\n", "r@x", ("q@x", "r@x")),
        ("In-Reply-To:\nIn-Reply-To: <p@x>\n", "p@x", ()),
        ("In-Reply-To: <pa\n  rt@x>\n", "part@x", ()),
        ("References: \n", None, ()),
    ],
)
def test_a_parent_is_the_first_id_that_can_be_read(
    headers: str, parent: str | None, references: tuple[str, ...]
) -> None:
    message = read(HEAD + headers + "\nx")
    assert (message.parent_id, message.references) == (parent, references)


def test_an_unreadable_date_gives_way_to_received_and_then_to_the_epoch() -> None:
    late = (
        "Received: from a by b; Thu, 2 May 2024 00:00:00 +0000\nReceived: from c by a; Wed, 1 May 2024 00:00:00 +0000\n"
    )
    message = read("From: a@x\nDate: Tue, 3 Feb 2032 04:05:06 +9900\n" + late + "\nx")
    assert message.date == datetime(2024, 5, 1, tzinfo=UTC)
    assert "Received" in said(message)
    message = read("From: a@x\nDate: yesterday\n\nx")
    assert message.date == datetime(1970, 1, 1, tzinfo=UTC)
    assert "1970-01-01" in said(message)


@pytest.mark.parametrize(
    ("charset", "content", "body", "problem"),
    [
        ("utf-8", "naïve 日本\x00".encode(), "naïve 日本\x00", ""),
        ("gb2312", "镕".encode("gb18030"), "镕", ""),
        ("windows-874", b"\xe0\xb8\x81".decode().encode("cp874"), "ก", ""),
        ("y", "é".encode(), "é", "unknown character set"),
        ("y", b"\xe9", "é", "read as Latin-1"),
        ("us-ascii", "é".encode(), "é", "read as UTF-8"),
        ("iso-8859-1", b"\x93quoted\x94", "“quoted”", ""),
        ("utf-8", b"\xe9t\xe9", "été", "read as Latin-1"),
        ("punycode", b"abc-", "abc-", "unknown character set"),
        ("rot13", b"abc", "abc", "unknown character set"),
    ],
)
def test_text_is_decoded_as_declared_then_as_what_it_is(charset: str, content: bytes, body: str, problem: str) -> None:
    message = read(HEAD.encode() + f"Content-Type: text/plain; charset={charset}\n\n".encode() + content)
    assert message.body == body
    assert problem in said(message) if problem else not message.problems


def multipart(kind: str, *parts: str) -> str:
    joined = "".join(f"--b\n{part}\n" for part in parts)
    return HEAD + f'Content-Type: multipart/{kind}; boundary="b"\n\n{joined}--b--\n'


def test_plain_text_is_taken_of_alternatives_and_html_where_it_stands_alone() -> None:
    html = "Content-Type: text/html\n\n<p>rich</p>"
    both = read(multipart("alternative", html, "Content-Type: text/plain\n\nplain"))
    assert both.body.strip() == "plain"
    blank = read(multipart("alternative", "Content-Type: text/plain\n\n", html))
    assert blank.body.strip() == "rich"
    assert "HTML read as text" in said(blank)


def test_parts_are_joined_and_patches_appended_but_other_attachments_named() -> None:
    message = read(
        multipart(
            "mixed",
            "Content-Type: text/plain\n\nwords",
            "Content-Type: text/x-patch; name=a.patch\nContent-Disposition: attachment\n\n--- a/x\n+++ b/x\n",
            "Content-Type: text/plain; name=config\nContent-Disposition: attachment\n\nCONFIG_A=y",
            "Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA",
            "Content-Type: text/plain\n\nfooter",
        )
    )
    assert message.body == "words\n\n--- a/x\n+++ b/x\n\nfooter"
    assert "'config' left out" in said(message)
    assert "'a.png' left out" in said(message)


def test_html_becomes_readable_text_with_its_quotations_marked() -> None:
    page = (
        "<html><head><title>t</title><style>p {}</style></head><body><!-- x <b> --><p>One &amp; two<br>three</p>"
        "<blockquote>old<br>words</blockquote><pre>a\n  b</pre>4 < 5</body>"
    )
    assert text_of_html(page) == "One & two\nthree\n\n> old\n> words\na\n  b\n4 < 5\n"


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "</", "<!--", "<![", "&", '<a b="', "<script>", "<blockquote>", "<!DOCTYPE ["]
)
def test_hostile_html_takes_linear_time_and_raises_nothing(piece: str) -> None:
    begun = time.process_time()
    text_of_html(piece * (200_000 // len(piece)))
    assert time.process_time() - begun < 15


def test_base64_bodies_are_read() -> None:
    content = base64.encodebytes("wörds\r\n".encode()).decode()
    message = read(HEAD + f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{content}")
    assert message.body == "wörds\n"


def test_deeply_nested_parts_end() -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(300))
    message = read(HEAD + nested + "Content-Type: text/plain\n\ndeep")
    assert isinstance(message.body, str)


@given(st.binary(max_size=400))
def test_no_bytes_raise(content: bytes) -> None:
    message = parse(RawMail(content, "test"))
    assert message.message_id
    assert message.date.tzinfo is UTC
    message.body.encode("utf-8")
    is_mail(content)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(HEADERS + ENCODINGS),
            st.one_of(
                st.text(max_size=60),
                st.sampled_from(VALUES),
            ),
        ),
        max_size=10,
    ),
    st.binary(max_size=200),
)
def test_no_headers_raise(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\n" for name, value in headers).encode("utf-8", "surrogatepass")
    message = parse(RawMail(head + b"\n" + body, "test"))
    for text in (message.message_id, message.subject, message.author, message.address, message.body):
        assert text.encode("utf-8").decode("utf-8") == text
    assert message.message_id


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"From: a@x.org\nSubject: s\n\nbody", True),
        (b"From a@x Mon Sep 17\nDate: x\r\nSubject: s\r\n\r\n", True),
        (b"Message-ID: <a@x>\n\n", True),
        (b"<!DOCTYPE html>\n<html>", False),
        (b"Subject to change.\n\nFrom: a@x", False),
        (b"# Notes\n\nDate: today\n", False),
        (b"int main(void)\n{\n", False),
        (b"", False),
        (b"\x00\xff\x00", False),
    ],
)
def test_only_what_has_a_mails_head_looks_like_one(content: bytes, looks: bool) -> None:
    assert is_mail(content) is looks


@pytest.mark.shared
@pytest.mark.skipif(not ODD.is_dir(), reason="the odd mails are not beside this checkout")
def test_every_odd_mail_is_read_with_its_text() -> None:
    paths = sorted(ODD.glob("*.eml"))
    assert paths
    for path in paths:
        content = path.read_bytes()
        message = parse(RawMail(content, path.name))
        assert is_mail(content), path.name
        assert message.body.strip(), path.name
        assert message.date.year > 2000, path.name
        assert "\ufffd" not in message.body, path.name
        lowered = content.lower()
        if not any(
            mark in lowered
            for mark in (b"multipart/", b"base64", b"quoted-printable", b"text/html", b"utf-7", b"rfc822")
        ):
            words = re.findall(rb"[A-Za-z]{3,}", content.replace(b"\r\n", b"\n").partition(b"\n\n")[2])
            assert re.findall(rb"[A-Za-z]{3,}", message.body.encode()) == words or b"iso-2022" in lowered, path.name


def test_parts_too_deep_for_the_parser_leave_the_headers() -> None:
    nested = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(3000))
    message = read(HEAD + "Content-Type: multipart/mixed; boundary=b0\n\n" + nested)
    plain = read(HEAD + "\nText.\n")
    assert (message.message_id, message.subject, message.date) == (plain.message_id, plain.subject, plain.date)
    assert any("parts" in problem.what for problem in message.problems)


def test_doubled_carriage_returns_cost_neither_headers_nor_text() -> None:
    content = b"From: Ada <ada@example.org>\r\r\nMessage-ID: <a@b>\r\r\nSubject: x\r\r\n\r\r\nOne.\r\r\nTwo.\r\r\n"
    mail = parse(RawMail(content, "tests"))
    assert (mail.message_id, mail.subject, mail.body) == ("a@b", "x", "One.\nTwo.\n")
    assert any("CR CR LF" in problem.what for problem in mail.problems)
