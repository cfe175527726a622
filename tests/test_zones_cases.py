"""One mail by hand for each way in which mail programs and people frame what is not their own words."""

from __future__ import annotations

import pytest

from ingest.sentences import blocks_of
from ingest.zones import zones_of
from tests.support.zones import kinds, shown

TOLD = "On Mon, 14 Oct 2024, Joe Doe wrote:"

QUOTED = {
    "digit": "7> The lock is taken.\n7> It is dropped later.",
    "initials": "JD> The lock is taken.\nJD>\nJD> It is dropped later.",
    "bar": f"{TOLD}\n| The lock is taken.\n| It is dropped later.",
    "one bar": f"{TOLD}\n| The lock is taken.",
    "colon": f"{TOLD}\n: The lock is taken.\n: It is dropped later.",
    "brace": f"{TOLD}\n}} The lock is taken.\n}} It is dropped later.",
    "hash": f"{TOLD}\n#> The lock is taken.\n#> It is dropped later.",
    "guillemet": f"{TOLD}\n» The lock is taken.\n» It is dropped later.",
    "wide sign": f"{TOLD}\n＞ The lock is taken.\n＞ It is dropped later.",
    "blank before": " > The lock is taken.\n > It is dropped later.",
    "hard blank before": "\u00a0> The lock is taken.\n\u00a0> It is dropped later.",
    "hard blank after": ">\u00a0The lock is taken.\n>\u00a0It is dropped later.",
    "no blank": ">The lock is taken.\n>It is dropped later.",
    "broken": "> The lock is taken and it is then dropped later by whoever called\nit first\n> of all.",
    "flowed": "> The lock is taken and it is \n> dropped later.\n>",
    "signature": "> It is dropped.\n> -- \n> Joe",
}


@pytest.mark.parametrize("quotation", QUOTED.values(), ids=QUOTED)
def test_quotation_with_an_odd_prefix_is_a_quotation_and_what_follows_is_own(quotation: str) -> None:
    found = kinds(f"{quotation}\n\nNo, it never is.\n")
    assert found == (["attribution"] if quotation.startswith(TOLD) else []) + ["quote1", "own"]


@pytest.mark.parametrize(
    ("line", "depth"),
    [
        ("> a b", 1),
        ("> > a b", 2),
        (">> a b", 2),
        (">>> a b", 3),
        ("> >> a b", 3),
        (">\u00a0> a b", 2),
        ("> > > > a b", 4),
    ],
)
def test_depth_of_a_quotation_is_the_number_of_its_marks(line: str, depth: int) -> None:
    assert shown(f"{line}\n\nNo.\n") == [(f"quote{depth}", line), ("own", "No.")]


@pytest.mark.parametrize(
    "text",
    [
        "7> of the 9 tests failed.\n\nWhy?",
        "A> b is what it says.",
        ": is the mark that starts a label.\n: is it?",
        "} closes the block.\n} closes the next.",
        "| a | b |\n| c | d |",
        "% make\n% make install",
    ],
)
def test_lines_that_begin_like_a_quotation_are_own_where_nobody_is_named(text: str) -> None:
    assert "quote1" not in kinds(f"Look:\n\n{text}\n")


ATTRIBUTIONS = {
    "en": [
        "On Mon, Oct 14, 2024 at 11:22\u202fAM Joe Doe <joe@x.org>\nwrote:",
        "On Mon, 14 Oct 2024 20:22:01 +0200\nJoe Doe <joe@x.org> wrote:",
        "At Mon, 14 Oct 2024 20:22:01 +0200,\nJoe Doe wrote:",
        "On Mon, Oct 14, 2024 at 08:22:01PM +0200,\nJoe Doe via list <list@x.org> wrote:",
        "Joe Doe\u202f<joe@x.org> wrote:",
        "Thus spake Joe Doe (joe@x.org) on Mon, Oct 14, 2024 at 20:22:01 +0200:",
    ],
    "de": [
        "Am Mo., 14. Okt. 2024 um 20:22 Uhr schrieb Joe Doe <joe@x.org>:",
        "Am 14.10.2024 um 20:22 schrieb\nJoe Doe <joe@x.org>:",
        "Joe Doe <joe@x.org> schrieb am Mo., 14. Okt. 2024, 20:22:",
    ],
    "fr": [
        "Le lun. 14 oct. 2024 à 20:22, Joe Doe <joe@x.org> a écrit\u202f:",
        "Le lundi 14 octobre 2024 à 20:22 +0200, Joe Doe a\nécrit :",
    ],
    "es": [
        "El lun, 14 oct 2024 a las 20:22, Joe Doe\n(<joe@x.org>) escribió:",
        "El lunes, 14 de octubre de 2024, Joe Doe <joe@x.org> escribió:",
    ],
    "pt": [
        "Em seg., 14 de out. de 2024 às 20:22, Joe Doe <joe@x.org>\nescreveu:",
        "Em segunda-feira, 14 de outubro de 2024, Joe Doe escreveu:",
    ],
    "it": [
        "Il giorno lun 14 ott 2024 alle ore 20:22 Joe Doe <joe@x.org>\nha scritto:",
        "Il lun, 14 ott 2024, Joe Doe ha scritto:",
    ],
    "nl": ["Op ma 14 okt 2024 om 20:22 schreef Joe Doe <joe@x.org>:", "Joe Doe schreef op 14-10-2024 20:22:"],
    "sv": [
        "Den mån 14 okt. 2024 kl 20:22 skrev Joe Doe <joe@x.org>:",
        "mån 2024-10-14 klockan 20:22 +0200 skrev Joe Doe:",
    ],
    "pl": [
        "pon., 14 paź 2024 o 20:22 Joe Doe <joe@x.org> napisał(a):",
        "Dnia 14 października 2024 20:22 Joe Doe\n<joe@x.org> napisał(a):",
    ],
    "ru": [
        "пн, 14 окт. 2024 г. в 20:22, Joe Doe <joe@x.org>:",
        "14.10.2024 20:22, Joe Doe пишет:",
        "В письме от понедельник, 14 октября 2024 г. 20:22:01 MSK\nпользователь Joe Doe написал:",
    ],
    "cs": [
        "Dne 14. 10. 24 v 20:22 Joe Doe napsal(a):",
        "po 14. 10. 2024 v 20:22 odesílatel Joe Doe <joe@x.org> napsal:",
        "Joe Doe píše v Po 14. 10. 2024 v 20:22 +0200:",
    ],
    "zh": [
        "在 2024/10/14 20:22, Joe Doe 写道:",
        "Joe Doe <joe@x.org> 于2024年10月14日周一 20:22写道：",
        "Joe Doe <joe@x.org> 於 2024年10月14日 週一 下午8:22寫道：",
    ],
    "ja": [
        "2024年10月14日(月) 20:22 Joe Doe <joe@x.org>:",
        "2024/10/14 20:22、Joe Doe <joe@x.org> のメール:",
        "Joe Doe さんは書きました:",
    ],
}


@pytest.mark.parametrize("line", [line for lines in ATTRIBUTIONS.values() for line in lines])
def test_attribution_in_any_language_over_one_or_two_lines_is_no_own_words(line: str) -> None:
    body = f"That is wrong.\n\n{line}\n> Why?\n\nBecause.\n"
    assert shown(body) == [("own", "That is wrong."), ("attribution", line), ("quote1", "> Why?"), ("own", "Because.")]


def test_attribution_inside_a_quotation_belongs_to_the_quotation() -> None:
    body = (
        "On Tue, 15 Oct 2024, Ann wrote:\n> On Mon, 14 Oct 2024 at 10:00, Joe Doe <joe@x.org>\n> wrote:\n"
        "> > It is taken.\n>\n> It is not.\n\nIt is.\n"
    )
    assert [kind for kind, _ in shown(body)] == ["attribution", "quote1", "quote2", "quote1", "own"]
    assert [block.text for block in blocks_of(body, zones_of(body))] == ["It is."]


HEADS = {
    "en": (
        "-----Original Message-----\nFrom: Joe Doe <joe@x.org>\nSent: Monday, October 14, 2024 8:22 PM\n"
        "To: Ann <a@x.org>; Ben <b@x.org>;\n Cleo <c@x.org>\nSubject: RE: x"
    ),
    "en rule": "________________________________\nFrom: Joe Doe\nSent: October 14, 2024\nTo: Ann\nSubject: RE: x",
    "en bold": "*From:* Joe Doe <joe@x.org>\n*Sent:* Monday, October 14, 2024\n*To:* Ann\n*Subject:* RE: x",
    "en phone": "-------- Original message --------\nFrom: Joe Doe\nDate: 10/14/24 8:22 PM\nTo: Ann\nSubject: x",
    "en forward": "-------- Forwarded Message --------\nSubject: x\nDate: Mon, 14 Oct 2024\nFrom: Joe Doe\nTo: Ann",
    "en begin": "Begin forwarded message:\n\nFrom: Joe Doe\nSubject: x\nDate: October 14, 2024\nTo: Ann",
    "en dashes": "---- On Mon, 14 Oct 2024 20:22:01 +0200 Joe Doe <joe@x.org> wrote ----",
    "de": "-----Ursprüngliche Nachricht-----\nVon: Joe Doe\nGesendet: 14. Oktober 2024\nAn: Ann\nBetreff: AW: x",
    "de web": "Gesendet: Montag, 14. Oktober 2024 um 20:22 Uhr\nVon: Joe Doe <joe@x.org>\nAn: Ann\nBetreff: Re: x",
    "fr": "-----Message d'origine-----\nDe : Joe Doe\nEnvoyé : lundi 14 octobre 2024\nÀ : Ann\nObjet : RE: x",
    "es": "-----Mensaje original-----\nDe: Joe Doe\nEnviado el: lunes, 14 de octubre de 2024\nPara: Ann\nAsunto: RE: x",
    "pt": "-----Mensagem original-----\nDe: Joe Doe\nEnviada em: 14 de outubro de 2024\nPara: Ann\nAssunto: RES: x",
    "it": "-----Messaggio originale-----\nDa: Joe Doe\nInviato: lunedì 14 ottobre 2024\nA: Ann\nOggetto: R: x",
    "nl": "-----Oorspronkelijk bericht-----\nVan: Joe Doe\nVerzonden: 14 oktober 2024\nAan: Ann\nOnderwerp: RE: x",
    "sv": "-----Ursprungligt meddelande-----\nFrån: Joe Doe\nSkickat: den 14 oktober 2024\nTill: Ann\nÄmne: SV: x",
    "pl": "-----Wiadomość oryginalna-----\nOd: Joe Doe\nWysłano: 14 października 2024\nDo: Ann\nTemat: RE: x",
    "ru": "-----Исходное сообщение-----\nОт: Joe Doe\nОтправлено: 14 октября 2024 г.\nКому: Ann\nТема: RE: x",
    "cs": "-----Původní zpráva-----\nOd: Joe Doe\nOdesláno: 14. října 2024\nKomu: Ann\nPředmět: RE: x",
    "zh": "-----邮件原件-----\n发件人: Joe Doe\n发送时间: 2024年10月14日 20:22\n收件人: Ann\n主题: Re: x",
    "ja": "差出人: Joe Doe\n送信日時: 2024年10月14日 20:22\n宛先: Ann\n件名: RE: x",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_copy_under_a_top_posted_reply_is_a_quotation_to_the_end(head: str) -> None:
    body = f"I agree with that.\n\nThanks,\nAnn\n\n{head}\n\nWhy is it so?\n\nIt never was.\n"
    assert kinds(body) == ["own", "signature", "quote1"]


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["joined", "apart"])
def test_head_of_a_copy_before_marked_quotations_introduces_them(head: str, gap: str) -> None:
    assert kinds(f"{head}{gap}> Why is it so?\n\nBecause of that.\n") == ["attribution", "quote1", "own"]


def test_copy_that_quotes_an_older_mail_itself_is_a_quotation_to_the_end() -> None:
    head = "---Original---\nFrom: Joe Doe <joe@x.org>\nDate: Mon, 14 Oct 2024\nTo: Ann\nSubject: x\n"
    for gap in ("", "\n", "\nOn Sun, 13 Oct 2024, Ben wrote:\n"):
        assert kinds(f"I sent one.\n\n{head}{gap}> Why?\n\nBecause.\n")[0] == "own"
    assert kinds(f"I sent one.\n\n{head}> Why?\n\nBecause.\n") == ["own", "quote1", "quote2", "quote1"]
    assert kinds(f"I sent one.\n\n{head}\nOn Sun, 13 Oct 2024, Ben wrote:\n> Why?\n\nBecause.\n") == [
        "own",
        "quote1",
        "quote2",
        "quote1",
    ]


def test_remark_after_an_inline_diff_is_own_with_and_without_a_blank_line() -> None:
    diff = "--- a/fs/x.c\n+++ b/fs/x.c\n@@ -1,3 +1,4 @@\n a();\n-b();\n+c();\n+d();\n e();\n"
    assert kinds(f"Use this:\n\n{diff}\nDoes that help?\n") == ["own", "diff", "own"]
    assert kinds(f"Use this:\n\n{diff}Does that help?\n") == ["own", "diff", "own"]
    again = "@@ -10,2 +11,3 @@\n x();\n+y();\n z();\n"
    assert kinds(f"{diff}\nand then\n\n{again}\nwould do.\n") == ["diff", "own", "diff", "own"]


def test_remarks_between_quoted_lines_of_a_diff_are_own() -> None:
    body = "> diff --git a/x.c b/x.c\n> @@ -1,2 +1,4 @@\n> +\tint x;\nWhy not unsigned?\n> +\tint y;\nSame here.\n"
    assert shown(body)[1::2] == [("own", "Why not unsigned?"), ("own", "Same here.")]


TRACES = {
    "seconds": "[   12.345678] BUG: x\n[   12.345679] Call Trace:\n[   12.345680]  foo+0x1/0x2",
    "bare": "Call Trace:\n <TASK>\n dump_stack_lvl+0x1/0x2\n foo+0x1/0x2 fs/x.c:1\n </TASK>",
    "sanitizer": (
        f"{'=' * 66}\nBUG: KASAN: slab-use-after-free in foo+0x1/0x2 fs/x.c:10\n"
        "Read of size 8 at addr ffff888012345678 by task a/123\n\nCall Trace:\n foo+0x1/0x2 fs/x.c:1"
    ),
    "syslog": "Oct 14 20:22:01 host kernel: BUG: x\nOct 14 20:22:01 host kernel:  foo+0x1/0x2",
    "debugger": "#0  0xffff800012 in foo (x=1) at fs/x.c:12\n#1  0xffff800013 in bar () at fs/x.c:13",
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_call_trace_is_a_trace_and_the_prose_around_it_own(trace: str) -> None:
    assert kinds(f"We get this:\n\n{trace}\n\nIt happens in foo() every day.\n") == ["own", "trace", "own"]


TABLES = {
    "columns": "            base   patched\nread         100       120\nwrite         90        95",
    "bars": "| test  | before | after |\n|-------|--------|-------|\n| read  | 100    | 120   |\n| write | 90 | 95 |",
    "drawn": "+------+-----+\n| name | ops |\n+------+-----+\n| a    |  12 |\n| b    |  13 |\n+------+-----+",
    "tabs": "pgfault\t12345\t12399\t0.4%\npgmajfault\t12\t13\t8.3%",
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_table_of_figures_is_a_table_with_its_head_and_rules(table: str) -> None:
    assert shown(f"Numbers:\n\n{table}\n\nIt is faster.\n") == [
        ("own", "Numbers:"),
        ("table", table.strip()),
        ("own", "It is faster."),
    ]


def test_entries_of_numbered_and_nested_lists_are_blocks_of_their_own() -> None:
    body = (
        "There are reasons:\n\n1. The lock is held.\n2. The lock is dropped\n   by the caller.\n   a) in the scanner\n"
        "   b) in the writer\n3) Nothing else.\n- first thing\n"
        "  * a smaller one that goes\n    over two lines\n    + deep down\n"
    )
    assert kinds(body) == ["own"]
    assert [(block.text, block.bullet) for block in blocks_of(body, zones_of(body))] == [
        ("There are reasons:", False),
        ("The lock is held.", True),
        ("The lock is dropped by the caller.", True),
        ("in the scanner", True),
        ("in the writer", True),
        ("Nothing else.", True),
        ("first thing", True),
        ("a smaller one that goes over two lines", True),
        ("deep down", True),
    ]


@pytest.mark.parametrize("fence", ["```", "~~~", "```c", "  ```"])
def test_code_fence_holds_code_whatever_stands_in_it(fence: str) -> None:
    close = fence.strip("c")
    body = f"Like so:\n\n{fence}\nthis is prose, and > this\n\nis no quotation.\n{close}\n\nIs it?\n"
    assert kinds(body) == ["own", "code", "own"]
    assert kinds(f"Like so:\n\n{fence}\nnever closed, so it is prose.\n\nIs it?\n") == ["own"]


def test_from_at_the_start_of_a_line_ends_and_quotes_nothing() -> None:
    assert kinds("We agree.\n\nFrom my point of view it is fine.\nFrom here on too.\n") == ["own"]
    assert kinds("We agree.\n\n>From my point of view it is fine.\nNobody minds.\n") == ["own"]
    assert kinds("> We agree.\n>From my point of view it is fine.\n> Nobody minds.\n\nYes.\n") == ["quote1", "own"]
    assert kinds("> We agree.\n>>From my point of view it is fine.\n\nYes.\n") == ["quote1", "quote2", "own"]


def test_from_line_of_a_patch_is_a_trailer_and_its_message_own() -> None:
    body = "From: Joe Doe <joe@x.org>\n\nThe lock is taken twice.\n\nSigned-off-by: Joe Doe <joe@x.org>\n"
    assert kinds(body) == ["trailer", "own", "trailer"]
