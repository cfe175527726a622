"""The report as one HTML file: it says what the Markdown says, needs nothing else, and no mail can add to it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from kb.export import report, report_html
from kb.export.review import review
from kb.reading import reading
from kb.records import Evidence, ItemKind, Outcome, Strength, Verdict
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.threads import derived, item, message, run, small_base
from tests.test_export_collated import HOSTILE, harmless

Capture = pytest.CaptureFixture[str]
CHROMIUM = shutil.which("chromium")
KINDS = {"arithmetic": "arithmetic"}


def _page(path: Path) -> str:
    with reading(path) as reader:
        found = review(reader, reader.threads()[0].id, kinds=KINDS)
        return "\n".join(report_html.page(found, reader.shown))


def test_page_says_what_the_markdown_says(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    page = _page(path)
    harmless(page)
    plain = unescape(re.sub(r"<[^>]+>", " ", page.partition("<main>")[2]))
    with reading(path) as reader:
        markdown = report.markdown(reader, reader.threads()[0].id, kinds=KINDS)
        quotes = {found.quote for found in reader.items()}
    told = {quote for quote in quotes if quote in markdown.replace("\\", "")}
    assert len(told) >= 7
    assert {quote for quote in quotes if quote in plain} == told
    assert "uncontested in the thread, refuted by arithmetic" in plain
    assert "it holds it" in plain
    heads = re.findall(r"<h2>(.*?)<span", page)
    assert heads == [
        "Where the thread and a check disagree",
        "Decisions",
        "Disputed claims",
        "Actions not done",
        "Checked by arithmetic",
    ]


def test_every_place_that_is_linked_to_is_there_once(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    page = _page(path)
    names = re.findall(r'\sid="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(names)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_mail_add_to_the_page(tmp_path: Path, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    clean = words.encode("utf-8", "replace").decode()
    mail = replace(message(0, f"{clean}\n", author=clean), subject=clean)
    of = item(ItemKind.CLAIM, mail, clean)
    with writing(path) as writer:
        writer.add_thread(derived([mail], [of]))
        made = run(of, Verdict.REFUTED, summary=clean)
        evidence = (Evidence(clean, clean, clean), Evidence("note", clean))
        outcome = Outcome(Verdict.REFUTED, Strength.EXACT, clean, evidence, (clean,))
        writer.add_run(replace(made, outcome=outcome, check=clean, bound_by=f"hand: {clean}"))
    harmless(_page(path))


def test_command_prints_the_page_and_the_same_each_time(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    ran = here(capsys, "export", "report", "--format", "html", "--db", path)
    assert ran.code == 0 and ran.out.startswith("<!DOCTYPE html>\n") and ran.out.endswith("</html>\n")
    assert here(capsys, "export", "report", "--format", "html", "--db", path).out == ran.out


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("width", [390, 1200])
def test_a_browser_draws_the_page(capsys: Capture, tmp_path: Path, width: int) -> None:
    path, page, picture = tmp_path / "kb.sqlite", tmp_path / "page.html", tmp_path / "page.png"
    small_base(path)
    page.write_text(here(capsys, "export", "report", "--format", "html", "--db", path).out, encoding="utf-8")
    assert CHROMIUM is not None
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    done = subprocess.run(
        [
            CHROMIUM, *flags, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={width},800",
            f"--screenshot={picture}", page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert picture.is_file() and picture.stat().st_size > 10_000, done.stderr
    assert "Refused to" not in done.stderr
