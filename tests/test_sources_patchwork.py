"""Sources: patchwork's page as text and as HTML, its API's JSON, and the real mails that take the place of a page's."""

from __future__ import annotations

import html
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.mail import parse
from ingest.sources import read
from ingest.sources.patchwork import is_page, mails_of, stands_for
from ingest.sources.patchwork_parents import Post, parents
from kb.errors import SourceError
from kb.records import Message, RawMail

THREADS = Path(__file__).resolve().parent.parent / "data" / "threads"
PAGE = THREADS / "fuse-tmp-folio-v2.patchwork.txt"
MBOX = THREADS / "fuse-tmp-folio-v2.mbox"
FULL = THREADS / "fuse-tmp-folio-v2.full.mbox"

SMALL = """\
diff mbox series

[net-next,v3,1/2] lock: take it once

Message ID 20240501-once-1@example.org (mailing list archive)
State New
Headers show
Series lock: take it once | expand

Commit Message

Ada Example May 1, 2024, noon UTC
Take the lock once.

Signed-off-by: Ada Example <ada@example.org>
---
 a.c | 2 +-

Comments

Bén Sample May 1, 2024, 1 p.m. UTC | #1
On Wed, May 01, 2024 at 02:00:00PM +0200, Ada Example wrote:
> Take the lock once.

Why?
Cleo Sample May 2, 2024, midnight UTC | #2
On 5/1/24 3:00 PM, Bén Sample wrote:
> On Wed, May 01, 2024 at 02:00:00PM +0200, Ada Example wrote:
>> Take the lock once.
>
> Why?

The page said:

Ada Example May 1, 2024, noon UTC | #1
Nothing.
diff mbox series

Patch

diff --git a/a.c b/a.c
--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-lock(); lock();
+lock();
"""


def small(text: str = SMALL) -> list[Message]:
    return [parse(one) for one in mails_of(text.encode(), "page")]


def real(path: Path) -> dict[str, Message]:
    return {m.message_id: m for m in map(parse, read(str(path)))}


def matched(page: list[Message], mails: dict[str, Message]) -> dict[str, Message]:
    """Message-ID on the page to the one real mail that it stands for."""
    found = {p.message_id: [m for m in mails.values() if stands_for(p, m)] for p in page}
    assert all(len(several) == 1 for several in found.values())
    return {name: several[0] for name, several in found.items()}


def test_page_gives_the_messages_of_the_mbox() -> None:
    page, mails = [parse(one) for one in read(str(PAGE))], real(MBOX)
    match = matched(page, mails)
    assert len(page) == len(mails) == len({m.message_id for m in match.values()}) == 57
    for shown in page:
        mail = match[shown.message_id]
        assert shown.provisional
        assert (shown.author, shown.subject, shown.body) == (mail.author, mail.subject, mail.body)
        assert shown.date == mail.date.replace(second=0)
        assert shown.problems == ()


def test_page_gives_every_message_the_parent_that_it_has_in_the_mbox() -> None:
    page = [parse(one) for one in read(str(PAGE))]
    match = matched(page, real(MBOX))
    root, *replies = page
    assert root.parent_id is None
    assert [match[r.parent_id or ""].message_id for r in replies] == [match[r.message_id].parent_id for r in replies]
    assert all(r.references[-1] == r.parent_id and r.references[0] == root.message_id for r in replies)


def test_page_stands_for_the_mails_of_the_archive_with_their_signatures() -> None:
    page = [parse(one) for one in read(str(PAGE))]
    assert len({m.message_id for m in matched(page, real(FULL)).values()}) == 57


@pytest.mark.parametrize("other", ["body", "author", "minute", "provisional"])
def test_page_does_not_stand_for_another_mail(other: str) -> None:
    shown = small()[1]
    changes = {"body": "Why not?\n", "author": "Dan Sample", "minute": datetime(2024, 5, 1, 13, 1, tzinfo=UTC)}
    values = {"body": shown.body, "author": shown.author, "minute": shown.date.replace(second=59)}

    def mail(values: dict[str, object]) -> Message:
        text = (
            f"From: {values['author']} <b@example.org>\nDate: {values['minute']:%a, %d %b %Y %H:%M:%S +0000}\n"
            f"Subject: x\nMessage-ID: <real@example.org>\nContent-Type: text/plain; charset=utf-8\n"
            f"Content-Transfer-Encoding: 8bit\n\n{values['body']}\n-- \nBén\n"
        )
        return parse(RawMail(text.encode(), "tests", provisional=other == "provisional" and "x" in values))

    assert stands_for(shown, mail(values))
    assert not stands_for(
        shown, mail({**values, "x": 1} if other == "provisional" else {**values, other: changes[other]})
    )


def test_page_is_read_with_its_times_names_and_title() -> None:
    patch, first, second = small()
    assert [m.subject for m in (patch, first)] == [
        "[PATCH net-next v3 1/2] lock: take it once",
        "Re: [PATCH net-next v3 1/2] lock: take it once",
    ]
    assert [m.author for m in (patch, first, second)] == ["Ada Example", "Bén Sample", "Cleo Sample"]
    assert [m.date for m in (patch, first, second)] == [
        datetime(2024, 5, 1, 12, tzinfo=UTC),
        datetime(2024, 5, 1, 13, tzinfo=UTC),
        datetime(2024, 5, 2, 0, tzinfo=UTC),
    ]
    assert patch.body.endswith(
        " a.c | 2 +-\n\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-lock(); lock();\n+lock();\n"
    )
    assert "Comments" not in patch.body


def test_page_gives_everybody_an_address_of_their_own() -> None:
    ada, ben, cleo = (m.address for m in small())
    assert ada == "ada@example.org"
    assert ben != cleo
    assert all(re.fullmatch(r"unknown-[2-9a-z]{13}@threadkb\.invalid", address) for address in (ben, cleo))


def test_page_takes_a_heading_out_of_turn_for_a_part_of_the_body() -> None:
    assert small()[2].body.endswith("The page said:\n\nAda Example May 1, 2024, noon UTC | #1\nNothing.\n")


def test_page_keeps_its_message_ids_when_a_comment_comes_between() -> None:
    before = [m.message_id for m in small()]
    later = SMALL.replace("| #2", "| #3").replace(
        "Cleo Sample May 2", "Dan Sample May 1, 2024, 2:30 p.m. UTC | #2\nNo.\nCleo Sample May 2", 1
    )
    after = [m.message_id for m in small(later)]
    assert [after[0], after[1], after[3]] == before
    assert all(re.fullmatch(r"patchwork-[2-9a-z]{13}@threadkb\.invalid", name) for name in after[1:])


def test_page_with_crlf_line_ends_is_the_same_page() -> None:
    assert small(SMALL.replace("\n", "\r\n")) == small()


def test_page_of_a_cover_letter_without_comments_is_one_message() -> None:
    text = "[v2,0/3] all of it\n\nMessage\n\nAda Example Sept. 3, 2024, 9:05 a.m. UTC\nWords.\n"
    (cover,) = small(text)
    assert (cover.subject, cover.body, cover.date) == (
        "[PATCH v2 0/3] all of it",
        "Words.\n",
        datetime(2024, 9, 3, 9, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Commit Message\n",
        "Commit Message\n\nAda Example Feb. 31, 2024, noon UTC\nx\n",
        "a\n" * 1000,
        "Comments\n" * 9,
    ],
)
def test_text_that_is_no_page_is_told(text: str) -> None:
    assert not is_page(text.encode())
    with pytest.raises(SourceError, match="no post is found on this patchwork page; save the whole page as text"):
        mails_of(text.encode(), "page")


@pytest.mark.parametrize(
    "junk",
    ["A " * 200_000, "A May 1, 2024, noon UTC | #1\n" * 20_000, "\n" * 300_000, "Patch\n\n" * 50_000, "> " * 200_000],
    ids=["words", "headings", "blank", "patches", "marks"],
)
def test_hostile_page_costs_little_time(junk: str) -> None:
    began = time.monotonic()
    mails_of((SMALL.replace("Why?\n", f"Why?\n{junk}\n", 1)).encode(), "page")
    assert time.monotonic() - began < 5


def as_html(text: str) -> str:
    """The page as patchwork's own template writes it, with the labels that a browser hides."""
    heading = re.compile(r"^(.*\S) (\S+ \d+, \d{4}, .* UTC)(?: \| (#\d+))?$")
    title, commit = re.search(r"^\[.*$", text, re.MULTILINE), text.index("\nCommit Message\n\n")
    assert title is not None
    body, patch = text[commit + len("\nCommit Message\n\n") :].rsplit("\ndiff mbox series\n\nPatch\n\n", 1)
    message_id = re.search(r"Message ID (\S+)", text)
    assert message_id is not None
    out = [
        "<!DOCTYPE html>\n<html><head><title>x</title><script>var a = '<pre class=\"content\">';</script></head><body>",
        f'<div><div class="btn-group">diff mbox series</div>\n<h1>{html.escape(title[0])}</h1></div>',
        f'<table><tr><th>Message ID</th>\n<td>\n{message_id[1]}\n(<a href="x">mailing list archive</a>)</td></tr>',
        "<tr><th>Headers</th><td><pre>{'From': 'x'}</pre></td></tr></table><h2>Commit Message</h2>",
    ]
    wanted, opened = 0, False
    for line in body.split("\n"):
        found = heading.fullmatch(line)
        if found is not None and (found[3] or "#0") == f"#{wanted}":
            out += ["  </pre>\n</div>"] if opened else []
            out += ["<h2>Comments</h2>"] if wanted == 1 else []
            number = f' |\n <a href="x">{found[3]}</a>' if found[3] else ""
            out.append(
                f'<a name="7"></a><div class="submission-message"><div class="meta">\n{html.escape(found[1])}\n'
                f'<span class="message-date">{found[2]}{number}\n</span><div>\n<div>Addressed</div></div>'
                '</div>\n<pre class="content">'
            )
            wanted, opened = wanted + 1, True
        elif line != "Comments":
            out.append(f'<span class="quote">{html.escape(line)}</span>' if line.startswith(">") else html.escape(line))
    out += ["  </pre></div>", '<div><div>diff mbox series</div><h2>Patch</h2></div><div><pre class="content">']
    return "\n".join([*out, html.escape(patch.rstrip("\n")), "  </pre></div></body></html>"])


@pytest.mark.parametrize("text", [SMALL, PAGE.read_text()], ids=["small", "bundled"])
def test_page_as_html_gives_the_mails_of_the_page_as_text(text: str) -> None:
    shown, wanted = mails_of(as_html(text).encode(), "page"), mails_of(text.encode(), "page")
    assert [m.content for m in shown] == [m.content for m in wanted]


def test_api_answer_gives_real_message_ids_and_parents(tmp_path: Path) -> None:
    answer = [
        {
            "msgid": "<m1@example.org>",
            "name": "[v2] lock",
            "date": "2024-05-01T12:00:00",
            "submitter": {"name": "Bén Sample", "email": "ben@example.org"},
            "headers": {},
            "content": "Take it once.",
            "diff": "diff --git a/a b/a\n",
        },
        {
            "msgid": "<m2@example.org>",
            "subject": "Re: [v2] lock",
            "date": "2024-05-01T13:00:00",
            "submitter": {"name": "Cleo", "email": "cleo@example.org"},
            "headers": {
                "From": "Cleo Sample <cleo@example.org>",
                "In-Reply-To": ["<m1@example.org>"],
                "References": "<m0@example.org>\n <m1@example.org>",
                "Date": "Wed, 1 May 2024 15:00:00 +0200",
                "Content-Transfer-Encoding": "base64",
            },
            "content": "> Take it once.\n\nWhy?\n",
        },
    ]
    (tmp_path / "comments.json").write_text(json.dumps(answer))
    raws = read(str(tmp_path / "comments.json"))
    patch, reply = map(parse, raws)
    assert not any(one.provisional for one in raws)
    assert (patch.message_id, patch.author, patch.address) == ("m1@example.org", "Bén Sample", "ben@example.org")
    assert (patch.body, patch.date) == ("Take it once.\n\ndiff --git a/a b/a\n", datetime(2024, 5, 1, 12, tzinfo=UTC))
    assert (reply.message_id, reply.parent_id, reply.author) == ("m2@example.org", "m1@example.org", "Cleo Sample")
    assert reply.references == ("m0@example.org", "m1@example.org")
    assert (reply.body, reply.date) == ("> Take it once.\n\nWhy?\n", datetime(2024, 5, 1, 13, tzinfo=UTC))


@pytest.mark.parametrize(
    "content", ["{}", "[]", '[{"msgid": 1, "content": "x"}]', "[" * 100_000, '{"a": '], ids=range(5)
)
def test_json_that_is_no_answer_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(SourceError, match="no mail, no mbox and no patchwork page"):
        read(str(tmp_path / "a.json"))


def post(hour: int, author: str, body: str) -> Post:
    return Post(author, datetime(2024, 5, 1, hour, 7, tzinfo=UTC), body)


WORDS = "One two three four five six seven.\n"
OTHER = "Eight nine ten eleven twelve thirteen.\n"


def test_parent_is_the_post_whose_own_words_are_quoted_even_if_the_attribution_names_another() -> None:
    posts = [
        post(1, "Ada", "The patch.\n"),
        post(2, "Ben", WORDS),
        post(3, "Cleo", OTHER),
        post(4, "Dan", "On Wed, 1 May 2024 at 04:07, Cleo wrote:\n> One two three four\n> five six seven.\nNo.\n"),
    ]
    assert parents(posts) == [None, 0, 0, 1]


def test_parent_of_a_reply_that_quotes_nothing_is_whom_its_attribution_names_at_that_time() -> None:
    posts = [
        post(1, "Ada", "The patch.\n"),
        post(2, "Ben", WORDS),
        post(3, "Ben", OTHER),
        post(4, "Dan", "On Wed, May 1, 2024 at 5:07 AM Ben wrote:\n\nYes.\n"),
        post(5, "Eve", "On 5/1/24 04:07, Ben wrote:\n>\n\nNo.\n"),
    ]
    assert parents(posts) == [None, 0, 0, 2, 2]


def test_parent_is_never_the_post_whose_words_are_quoted_two_levels_deep() -> None:
    posts = [
        post(1, "Ada", WORDS),
        post(2, "Ben", f"> {WORDS}{OTHER}"),
        post(3, "Cleo", f"> > {WORDS}> {OTHER}Right.\n"),
    ]
    assert parents(posts) == [None, 0, 1]


def test_parent_of_a_post_that_shows_nothing_is_the_first() -> None:
    assert parents([post(1, "Ada", WORDS), post(2, "Ben", OTHER), post(3, "Cleo", "Hello.\n")]) == [None, 0, 0]
