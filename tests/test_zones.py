"""Bodies to zones: every character in one zone, and each kind told from prose by its shape."""

from __future__ import annotations

import json
import mailbox
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mail import parse
from ingest.zones import zones_of
from kb.records import RawMail, Zone
from kb.records import ZoneKind as Z
from tests.support.zones import kinds, shown

SHARED = Path(__file__).resolve().parents[2] / "shared"


def own(body: str) -> str:
    return " ".join(" ".join(body[zone.start : zone.end].split()) for zone in zones_of(body) if zone.kind is Z.OWN)


LINES = st.sampled_from(
    """\
|> a|> > b|>>> c| > d|JK> e|| f|On Mon, 1 Jan 2024 10:00, A wrote:|A <a@x> writes:|Some prose that somebody wrote here.
--|-- |---|Thanks,|Ann|diff --git a/x b/x|--- a/x|+++ b/x|@@ -1,2 +1,2 @@|+a;|-b;| c|\\ No newline at end of file
```|\tif (x) {|\t}|$ ls|Call Trace:| foo+0x1/0x2|[    1.000000] x|1  2  3|a | 1 +| 1 file changed|Signed-off-by: A <a@x>
-----Original Message-----|From: A <a@x>|Sent: today|To: B|Subject: s|________________________________|>From here
""".replace("\n", "|").split("|")
)


@given(
    st.one_of(st.text(), st.lists(LINES, max_size=30).map("\n".join), st.text(alphabet="> |-+@\n\tab:;", max_size=200))
)
def test_zones_touch_and_cover_every_character_once(body: str) -> None:
    zones = zones_of(body)
    assert "".join(body[zone.start : zone.end] for zone in zones) == body
    assert all(zone.start < zone.end for zone in zones)
    assert all(earlier.end == later.start for earlier, later in pairwise(zones))
    assert all(zone.start == 0 or body[zone.start - 1] == "\n" for zone in zones)
    assert all((zone.depth > 0) == (zone.kind is Z.QUOTE) and zone.quoted is None for zone in zones)


def test_an_empty_body_has_no_zones_and_a_blank_one_is_own() -> None:
    assert zones_of("") == ()
    assert zones_of("\n\n") == (Zone(Z.OWN, 0, 2),)


def test_blank_lines_belong_to_the_zone_before_and_leading_ones_to_the_first() -> None:
    body = "\n\nOne.\n\nTwo.\n\n> q\n\nThree.\n"
    assert [body[zone.start : zone.end] for zone in zones_of(body)] == ["\n\nOne.\n\nTwo.\n\n", "> q\n\n", "Three.\n"]


def test_quotes_of_different_depth_are_different_zones() -> None:
    assert shown("> > > a\n> > b\n>> c\n> d\ne\n") == [
        ("quote3", "> > > a"),
        ("quote2", "> > b\n>> c"),
        ("quote1", "> d"),
        ("own", "e"),
    ]


def test_a_quoted_blank_line_goes_with_the_quoted_text_before_it() -> None:
    assert kinds("> > a\n>\n> >\n> b\n>\n\nc\n") == ["quote2", "quote1", "own"]
    assert kinds(">\n> > a\nc\n") == ["quote2", "own"]


def test_the_rest_of_a_broken_quoted_line_is_quoted_but_a_short_answer_is_not() -> None:
    line = "> The daemon may be asleep while the flusher waits for a folio under\n"
    assert kinds(f"{line}writeback\n> for ever.\n\nNo.\n") == ["quote1", "own"]
    assert kinds(f"> {line}> writeback\n> > for ever.\n\nNo.\n") == ["quote2", "own"]
    assert kinds(f"{line}Why a folio?\n> writeback\n\nNo.\n") == ["quote1", "own", "quote1", "own"]
    assert kinds("> Is it asleep?\nYes.\n> Always?\nNo.\n") == ["quote1", "own", "quote1", "own"]


def test_marks_with_initials_and_bars_quote_only_where_that_is_plain() -> None:
    assert kinds("JK> one\nJK> two\n\nNo.\n") == ["quote1", "own"]
    assert kinds("A> b is what it says.\n") == ["own"]
    assert kinds("Joe wrote in\n <a@x.org>:\n |one\n |> two\n\nNo.\n") == ["attribution", "quote1", "quote2", "own"]
    assert kinds("See:\n\n| a | b |\n| c | d |\n\nRight?\n") == ["own"]


def test_an_escaped_from_line_inside_own_words_is_no_quote() -> None:
    assert kinds("We agree.\n>From my point of view it is fine.\n") == ["own"]


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, Oct 14, 2024 at 11:22\u202fAM Joe Doe <joe@x.org> wrote:",
        "On Mon, Oct 14, 2024 at 11:22 AM Joe Doe\n<joe@x.org> wrote:",
        "On Monday, October 14th, 2024 at 11:22 AM,\nJoe A. Very-Long Doe-Name\n<joe@x.org> wrote:",
        "On 14.10.24 20:22, Joe wrote:",
        "On 10/14, Joe Doe wrote:",
        "Joe Doe <joe@x.org> writes:",
        "* Joe Doe <joe@x.org> [241014 20:22]:",
        "* Joe Doe:",
        "Quoting Joe Doe (2024-10-14 20:22:00)",
        "Excerpts from Joe Doe's message of October 14, 2024 8:22 pm:",
        "Am 14.10.24 um 20:22 schrieb Joe Doe:",
        "Am Montag, dem 14.10.2024 um 20:22 hat Joe geschrieben:",
        "Le 14/10/2024 à 20:22, Joe Doe a écrit\u00a0:",
        "Joe Doe, le lun. 14 oct. 2024 20:22:00 +0200, a ecrit:",
        "El lun, 14 oct 2024 a las 20:22, Joe (<joe@x.org>) escribió:",
        "Op ma 14 okt 2024 om 20:22 schreef Joe <joe@x.org>:",
        "Il lun 14 ott 2024, 20:22 Joe <joe@x.org> ha scritto:",
        "在 2024/10/14 20:22, Joe 写道:",
        "Joe <joe@x.org> 于2024年10月14日周一 20:22写道：",
        "2024年10月14日(月) 20:22 Joe <joe@x.org>:",
        "пн, 14 окт. 2024 г. в 20:22, Joe <joe@x.org>:",
        "W dniu 14.10.2024 o 20:22, Joe pisze:",
    ],
)
def test_what_introduces_a_quotation_is_no_own_words(line: str) -> None:
    if not line.endswith((":", "：")):
        line += ":"
    body = f"Hello,\n\n{line}\n>\n> Why?\n\nBecause.\n"
    assert shown(body) == [("own", "Hello,"), ("attribution", line), ("quote1", ">\n> Why?"), ("own", "Because.")]


@pytest.mark.parametrize(
    "line", ["I disagree with this part:", "The comment in the code says:", "So there are 3 cases left to look at:"]
)
def test_an_own_sentence_before_a_quotation_stays_own(line: str) -> None:
    assert kinds(f"{line}\n\n> Why?\n") == ["own", "quote1"]


def test_a_copied_mail_below_the_reply_is_a_quotation_to_its_end() -> None:
    head = "From: Joe <j@x.org>\nSent: Monday, October 14, 2024 8:22 PM\nTo: Ann <a@x.org>\nSubject: RE: x\n"
    for start in ("-----Original Message-----\n", "________________________________\n", ""):
        body = f"I agree.\n\nRegards,\nAnn\n\n{start}{head}\nWhy?\n\n> older\n"
        assert kinds(body) == ["own", "signature", "quote1", "quote2"], start
    assert kinds("I agree.\n\n发件人: Joe\n发送时间: 2024年10月14日\n收件人: Ann\n主题: x\n\nWhy?\n") == [
        "own",
        "quote1",
    ]


def test_a_copied_head_before_marked_quotations_only_introduces_them() -> None:
    head = "-----Original Message-----\nFrom: Joe <j@x.org>\nSent: Monday\nTo: Ann\nSubject: RE: x\n"
    assert kinds(f"{head}\n> Why?\n\nBecause.\n") == ["attribution", "quote1", "own"]


PATCH = """\
x: count each page once

The counter is wrong.

Fixes: 0123456789ab ("x: add a counter")
Signed-off-by: Ann <ann@x.org>
---
v2: renamed it

 fs/x.c | 3 ++-
 1 file changed, 2 insertions(+), 1 deletion(-)

diff --git a/fs/x.c b/fs/x.c
index 1234567..89abcde 100644
--- a/fs/x.c
+++ b/fs/x.c
@@ -1,4 +1,5 @@ int f(void)
 a();
-b();
+c();
+d();

 e();
{dashes}
2.43.0
""".format(dashes="-- ")


def test_a_patch_mail_is_its_message_its_trailers_and_its_diff() -> None:
    found = shown(PATCH)
    assert [kind for kind, _ in found] == ["own", "trailer", "diff", "own", "diff", "signature"]
    assert found[3] == ("own", "v2: renamed it")
    assert found[4][1].endswith("e();")


def test_a_remark_after_a_hunk_is_own_and_a_list_is_no_diff() -> None:
    hunk = "@@ -1,2 +1,3 @@\n a();\n+b();\n c();\n"
    assert kinds(f"Use this:\n\n{hunk}What do you think?\n") == ["own", "diff", "own"]
    assert kinds("Like so:\n\n+\tlock();\n-\tunlock();\n\nRight?\n") == ["own", "diff", "own"]
    assert kinds("There are two ways:\n\n- take the lock first;\n- take it later\n+ take none\n") == ["own"]


def test_call_traces_and_logs_are_traces_but_a_function_in_prose_is_not() -> None:
    body = """\
I got this:

[   12.345678] BUG: unable to handle page fault
[   12.345679] RIP: 0010:foo+0x12/0x34
Call Trace:
 <TASK>
 ? foo+0x12/0x34
 bar+0x1/0x2 [mod]
 baz+0x3/0x4 fs/x.c:12 [inline]
 </TASK>

It crashes in foo+0x12/0x34 and that is new.
"""
    assert kinds(body) == ["own", "trace", "own"]


def test_code_is_told_from_indented_prose_and_call_chains() -> None:
    assert kinds("Try:\n\n\tif (!folio)\n\t\treturn -ENOMEM;\n\n\tput(folio);\n\nDone?\n") == ["own", "code", "own"]
    assert kinds("Run:\n\n$ make -j8\n  CC x.o\n\nand look.\n") == ["own", "code", "own"]
    assert kinds("As in:\n\n```\nanything at all goes in here\n```\nfine.\n") == ["own", "code", "own"]
    chain = "It goes\n\n    sync() ->\n      iterate_supers() ->\n        wait_for_it()\n\nand blocks.\n"
    assert kinds(chain) == ["own"]
    assert kinds("First:\n\n    we take the lock and then wait for it;\n    after that we drop it;\n") == ["own"]
    assert kinds("1. take the lock;\n2. drop the lock;\n   * a point about that\n") == ["own"]


def test_aligned_figures_are_a_table_with_their_heading() -> None:
    rows = "        before    after     diff\nread    100 MB/s  120 MB/s  +20%\nwrite   90 MB/s   95 MB/s   +5%\n"
    body = f"Result:\n\n{rows}\nFaster.\n"
    assert shown(body)[1][0] == "table"
    assert shown(body)[1][1].startswith("before")
    assert kinds("It took 3 seconds in 2 of 5 runs, then 7.\nWith 4 threads it took 9 seconds, not 12.\n") == ["own"]


def test_trailers_in_a_reply_are_trailers() -> None:
    assert kinds("Looks good.\n\nReviewed-by: Ann <ann@x.org>\nLink: https://x.org/1\n\nPlease resend.\n") == [
        "own",
        "trailer",
        "own",
    ]
    assert kinds("Note: this is prose with a colon.\n") == ["own"]


def test_signatures_and_footers_are_signatures_but_last_sentences_are_not() -> None:
    assert kinds("Yes.\n\nThanks,\nAnn\n") == ["own", "signature"]
    assert kinds("Yes.\n\n-- \nAnn\nACME\n") == ["own", "signature"]
    assert kinds("Yes.\n\nThanks, Ann\n") == ["own", "signature"]
    assert kinds("Yes.\n\n-Ann\n\n> below\n") == ["own", "signature", "quote1"]
    assert kinds("Yes.\n" + "_" * 47 + "\nlist mailing list\nhttps://x.org\n") == ["own", "signature"]
    assert kinds("Thanks for the patch. I will apply this.\n") == ["own"]
    assert kinds("Thanks,\n\nI will look at the second one too.\n") == ["own"]
    assert kinds("Thank you for checking. I need more time for it.\n") == ["own"]


PIECES = [
    *"[(\t; >",
    "a ",
    "> ",
    "--\n",
    "+ a b\n",
    "@@ -1,9 +1,9 @@\n\n",
    "From: a\n",
    "Cc: a@",
    "| a\n",
    "x:\n",
    "1 2\n",
]
PIECES += ["JK> a\n", "$ ls\n", "```\n", "On 1:00 a@b wrote:\n", "_" * 40 + "\n", "int a(", "a=1 ", "wrote ", "/* "]


@pytest.mark.parametrize("piece", [*PIECES, "> a\n\n"])
def test_hostile_bodies_take_time_in_proportion_to_their_length(piece: str) -> None:
    body = piece * (200_000 // len(piece))
    lines = ((piece * 400)[:399].replace("\n", " ") + "\n") * 500
    begun = time.process_time()
    assert zones_of(body)[-1].end == len(body)
    assert zones_of(lines)[-1].end == len(lines)
    assert time.process_time() - begun < 15


def folded_places(body: str) -> tuple[str, list[int]]:
    """`body` with white space folded, and where each of its characters stands in `body`."""
    places = [at for at, char in enumerate(body) if not char.isspace() or (at and not body[at - 1].isspace())]
    return "".join(" " if body[at].isspace() else body[at] for at in places), places


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="the annotated threads are not beside this checkout")
def test_what_annotators_quoted_lies_in_own_words() -> None:
    found: Counter[str] = Counter()
    for gold in sorted((SHARED / "gold").glob("*.gold.jsonl")):
        box = mailbox.mbox(SHARED / "threads" / gold.name.replace(".gold.jsonl", ".mbox"))
        bodies = [parse(RawMail(mail.as_bytes(), "test")).body for mail in box]
        box.close()
        folded = [folded_places(body) for body in bodies]
        zoned = [zones_of(body) for body in bodies]
        for line in gold.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            text, places = folded[item["message"]]
            words = " ".join(item["quote"].split())
            seen: list[set[Z]] = []
            at = text.find(words)
            while at >= 0:
                start, end = places[at], places[at + len(words) - 1] + 1
                zones = zoned[item["message"]]
                seen.append({zone.kind for zone in zones if zone.start < end and zone.end > start})
                at = text.find(words, at + 1)
            best = min(seen, key=lambda kinds: (bool(kinds & {Z.QUOTE, Z.ATTRIBUTION}), kinds != {Z.OWN}), default=None)
            if best is not None:
                found["own" if best == {Z.OWN} else "framed" if best & {Z.QUOTE, Z.ATTRIBUTION} else "other"] += 1
    assert found.total() > 3000
    assert found["framed"] == 0
    assert found["own"] >= 0.98 * found.total()


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("fio --name=w --ioengine=sync --rw=write --bs={1k,4k}", Z.CODE),
        ("sudo mount -t tmpfs -o size=1G tmpfs /mnt", Z.CODE),
        ("It can fail with -EAGAIN or -EBUSY here.", Z.OWN),
        ("Please run it with --verbose and --all next time.", Z.OWN),
        ("Use -a -b.", Z.OWN),
    ],
)
def test_command_line_with_options_is_code_and_prose_about_options_is_not(line: str, kind: Z) -> None:
    body = f"Setup:\n\n{line}\n\nIt was faster.\n"
    (zone,) = (z for z in zones_of(body) if z.start <= body.index(line) < z.end)
    assert zone.kind is kind
