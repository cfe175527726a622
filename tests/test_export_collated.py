"""The thread read once, in each format: every own word once, and nothing in a mail acts on anything."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ingest.quoting import tie
from ingest.zones import zones_of
from kb.export import collated, collated_html, collated_words
from kb.export.flow import flowed
from kb.reading import Filter, reading
from kb.records import Item, ItemKind, Message, Thread
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.threads import derived, item, message, small_base

Capture = pytest.CaptureFixture[str]
FORMATS = ("text", "md", "html")


def _short(full: str) -> str:
    return full[:7]


def _base(path: Path, mails: list[Message], items: list[Item]) -> None:
    """A database with these mails, their zones as reading finds them."""
    made = derived(mails, items)
    zones = tie(mails, {one.message_id: zones_of(one.body) for one in mails})
    thread = Thread(made.thread.root_id, mails[0].subject, tuple(mails), zones)
    with writing(path) as writer:
        writer.add_thread(type(made)(thread, made.items, made.links, made.standings))


ROOT = message(0, "The lock is taken twice. It is never dropped.\n\n    lock(&a);\n    lock(&a);\n\nThanks,\nAda\n")
REPLY = message(1, "> The lock is taken twice.\n\nWhere is it taken?\n", author="Ben Sample")


def _page(path: Path, layout: str, *, marked: bool = False, signatures: bool = False) -> str:
    with reading(path) as reader:
        thread = reader.threads()[0].id
        page = collated.page(
            reader,
            thread,
            marked=Filter(thread=thread) if marked else None,
            signatures=signatures,
            flow=layout != "text",
        )
    made = {"text": collated_words.text, "md": collated_words.markdown, "html": collated_html.page}[layout]
    return "\n".join(made(page, _short)) + "\n"


def test_text_has_who_and_when_and_replies_in_their_places(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path, [ROOT, REPLY], [])
    assert _page(path, "text").split("\n") == [
        "[PATCH] a",
        "2 messages by 2 people, 2024-05-01 to 2024-05-01",
        "",
        "#0 Ada Example, 2024-05-01 12:00",
        "The lock is taken twice.",
        "│",
        "│ #1 Ben Sample, 2024-05-01 13:00, to Ada Example",
        "│ Where is it taken?",
        "",
        "#0 Ada Example, continued",
        "It is never dropped.",
        "",
        "    lock(&a);",
        "    lock(&a);",
        "",
    ]


def test_signatures_are_shown_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path, [ROOT, REPLY], [])
    for layout in FORMATS:
        assert "Thanks," not in _page(path, layout)
        assert "Thanks," in _page(path, layout, signatures=True)


@pytest.mark.parametrize("layout", FORMATS)
def test_items_are_marked_across_the_reply_that_parts_them(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "kb.sqlite"
    claim = item(ItemKind.CLAIM, ROOT, "taken twice. It is never dropped.")
    _base(path, [ROOT, REPLY], [claim])
    text = _page(path, layout, marked=True)
    parts = {
        "text": ["The lock is ‹taken twice.›", f"‹It is never dropped.› {{claim {_short(claim.id)}, uncontested}}"],
        "md": ["The lock is **taken twice.**", f"**It is never dropped.** *(claim {_short(claim.id)}, uncontested)*"],
        "html": ['The lock is <mark class="claim">taken twice.</mark>', '<mark class="claim">It is never dropped.'],
    }
    for part in parts[layout]:
        assert part in text
    assert text.count(_short(claim.id)) == 1
    assert _short(claim.id) not in _page(path, layout)


def _plain(text: str, layout: str) -> str:
    """The words that a reader sees, without headings of runs."""
    if layout == "html":
        text = text.partition("<main>")[2]
        text = re.sub(r"<header>.*?</header>|<summary>.*?</summary>", "", text)
        return html.unescape(re.sub(r"<[^>]+>", "", text))
    text = text.partition("#0 ")[2].partition("\n")[2]
    text = re.sub(r"(?m)^(?:│ |> )*(?:\*\*\\)?#\d+ .*$|^(?:> )*(?:`{3,}(?:diff|text)?|<!-- -->)$", "", text)
    return re.sub(r"\\(.)", r"\1", text) if layout == "md" else text


@pytest.mark.parametrize("layout", FORMATS)
def test_every_own_word_of_the_bundled_thread_is_shown_once(demo: Path, layout: str) -> None:
    with reading(demo) as reader:
        thread = reader.threads()[0].id
        zones = reader.zones_of_thread(thread)
        own = Counter(
            word
            for one in reader.messages(thread)
            for zone in zones[one.message_id]
            if zone.kind not in ("quote", "attribution", "signature")
            for word in re.findall(r"[A-Za-z_]{3,}", one.body[zone.start : zone.end])
        )
    shown = Counter(re.findall(r"[A-Za-z_]{3,}", _plain(_page(demo, layout), layout)))
    assert shown == own


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled thread, its mails and zones without items."""
    from contextlib import closing
    from mailbox import mbox

    from ingest.mail import parse
    from ingest.thread import threads_of
    from kb.bundled import bundled
    from kb.records import RawMail

    path = tmp_path_factory.mktemp("demo") / "kb.sqlite"
    with closing(mbox(str(bundled("threads") / "fuse-tmp-folio-v2.mbox"))) as box:
        mails = [parse(RawMail(bytes(one), "demo")) for one in box]
    _base(path, list(threads_of(mails)[0].messages), [])
    return path


HOSTILE = [
    "# Heading", "- item", "1. item", "> quote", "<b>bold</b>", "<script>alert(1)</script>", "</style><script>x",
    "![x](http://e.org/x.png)", "[x](javascript:1)", "http://e.org", "`code`", "*a* _b_", "&lt;b&gt;", "a\\", "***",
    "---", "===", "```", "~~~", "    code\n    ```\n    # x", "\x1b[2J\x07", "a\u202eb\u200bc", "<!-- x", "-->", "]]>",
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-```\n+</pre><script>x</script>", '" onload="x', "\ud800",
]  # fmt: skip


class _Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)


ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "h3", "p", "main", "article", "b", "span",
    "time", "a", "div", "mark", "wbr", "pre", "details", "summary", "nav", "ul", "li", "section", "blockquote",
    "footer", "strong", "code",
}  # fmt: skip


def harmless(page: str) -> None:
    """A page that loads nothing, runs nothing and holds only the elements that pages are made of."""
    found = _Tags()
    found.feed(page)
    found.close()
    assert found.tags <= ALLOWED
    for name, value in found.attributes:
        assert not name.startswith("on") and name not in ("src", "srcset", "action", "ping")
        assert name != "href" or value.startswith("#")
    assert page.count("</style>") == 1 and "url(" not in page.partition("</style>")[0] and "@import" not in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b-\u200f]", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_mail_add_anything_to_a_page(tmp_path: Path, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    name = " ".join(words.split()) or "x"
    clean = words.encode("utf-8", "replace").decode()
    mails = [
        message(0, f"First words.\n{clean}\n", subject=clean, author=clean),
        message(1, f"> First words.\n\n{clean}\n", author=clean),
    ]
    _base(path, mails, [item(ItemKind.CLAIM, mails[0], "First words.\n" + clean)])
    for marked in (False, True):
        page = _page(path, "html", marked=marked)
        harmless(page)
        text = _page(path, "text", marked=marked)
        assert "\x1b" not in text and "\u202e" not in text
        markdown = _page(path, "md", marked=marked)
        assert "\x1b" not in markdown and "\u202e" not in markdown
        tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
        kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
        inner = {child.type for token in tokens for child in token.children or ()}
        assert kinds <= {"heading", "paragraph", "blockquote", "inline", "fence", "html_block"}, name
        assert inner <= {
            "text", "softbreak", "hardbreak", "strong_open", "strong_close", "em_open", "em_close", "text_special",
        }  # fmt: skip
        assert {token.content.strip() for token in tokens if token.type == "html_block"} == {"<!-- -->"}
        assert sum(token.type == "heading_open" for token in tokens) == 1


@given(st.text(st.sampled_from("ab -*.>\n1") | st.characters(codec="utf-8"), max_size=300))
def test_flowing_changes_line_ends_to_blanks_and_nothing_else(text: str) -> None:
    flow = flowed(text)
    assert len(flow) == len(text)
    assert all(a == b or (a, b) == ("\n", " ") for a, b in zip(text, flow, strict=True))


def test_flowing_keeps_lists_and_short_lines() -> None:
    long = "These are words that fill a line of a mail up to where programs wrap"
    assert flowed(f"{long}\nthem anyway.") == f"{long} them anyway."
    assert flowed(f"{long}\n- one\n- two") == f"{long}\n- one\n- two"
    assert flowed(f"- {long}\n  more\n- two") == f"- {long}   more\n- two"
    assert flowed(f"{long}\n\nmore") == f"{long}\n\nmore"
    assert flowed("a\nb") == "a\nb"


@pytest.mark.parametrize("layout", ["text", "md", "html"])
def test_command_prints_each_format(capsys: Capture, tmp_path: Path, layout: str) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    ran = here(capsys, "export", "collated", "--format", layout, "--db", path)
    assert ran.code == 0 and "Please test this on arm64." in ran.out
    marked = here(capsys, "export", "collated", "--format", layout, "--kind", "action", "--db", path)
    assert "action a-" in marked.out and "claim c-" not in marked.out
    assert here(capsys, "export", "collated", "--format", layout, "--db", path).out == ran.out


def test_command_prints_the_tree_as_json(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    _base(path, [ROOT, REPLY], [item(ItemKind.QUESTION, REPLY, "Where is it taken?")])
    found = json.loads(here(capsys, "export", "collated", "--items", "--json", "--db", path).out)
    assert [turn["number"] for turn in found["turns"]] == [0, 1]
    assert found["turns"][1]["parent"] == 0
    assert found["turns"][1]["answers"]["message_id"] == ROOT.message_id
    assert [node["text"].strip() for node in found["nodes"]][:3] == [
        "The lock is taken twice.",
        "Where is it taken?",
        "It is never dropped.",
    ]
    assert found["nodes"][0]["children"] == [1]
    assert found["nodes"][1]["items"] == [found["items"][0]["id"]]


def test_command_asks_which_thread_where_there_are_none(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    with writing(path):
        pass
    ran = here(capsys, "export", "collated", "--db", path)
    assert ran.code == 2
    assert "there is no thread" in ran.one_line()
