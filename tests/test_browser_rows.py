"""In: mails with zones and items. Out: rows in which quotes and patches fold, and no item is hidden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.views import MessageView
from tests.support.browser import queue_base
from tui.pages import ThreadPage, messages_by_tree, read_thread, read_threads
from tui.widgets.mail_rows import Mail, RowKind, fold_words, rows, tree_order


@pytest.fixture
def page(tmp_path: Path) -> ThreadPage:
    queue_base(tmp_path / "kb.sqlite")
    found = read_thread(tmp_path / "kb.sqlite", read_threads(tmp_path / "kb.sqlite")[0].id)
    assert found is not None
    return found


def _text(mail: Mail, opened: set[int], width: int = 80) -> list[str]:
    body = mail.message.body
    return [body[r.start : r.end] for r in rows(mail, width, opened) if r.kind is RowKind.TEXT]


def test_rows_show_own_words_and_fold_quotes_and_signatures(page: ThreadPage) -> None:
    text = _text(page.mails[1], set())
    assert text[0].startswith("Can a reader still see")
    assert not any(line.startswith((">", "Ben", "On Wed")) for line in text)


def test_fold_words_name_the_quoted_message_and_the_paragraph_that_is_answered(page: ThreadPage) -> None:
    mail = page.mails[2]
    fold = next(row for row in rows(mail, 80, set()) if row.kind is RowKind.FOLD)
    assert fold_words(mail, fold).startswith("quotes #1, 2 lines: Can a reader still see")


def test_fold_words_count_the_files_of_a_patch(page: ThreadPage) -> None:
    folds = [row for row in rows(page.mails[0], 80, set()) if row.kind is RowKind.FOLD]
    assert [fold_words(page.mails[0], row) for row in folds] == ["patch, 1 file, 10 lines"]


def test_fold_words_count_the_lines_where_the_quoted_mail_is_unknown(page: ThreadPage) -> None:
    mail = replace(page.mails[2], quotes={})
    fold = next(row for row in rows(mail, 80, set()) if row.kind is RowKind.FOLD)
    assert fold_words(mail, fold).startswith("quotes 2 lines: Can a reader")


def test_rows_of_an_open_fold_show_what_it_holds(page: ThreadPage) -> None:
    fold = next(row for row in rows(page.mails[2], 80, set()) if row.kind is RowKind.FOLD)
    assert any(line.startswith("> Can a reader") for line in _text(page.mails[2], {fold.start}))


def test_rows_open_a_fold_that_holds_an_items_words(page: ThreadPage) -> None:
    mail = page.mails[2]
    start = mail.message.body.index("> Can")
    hidden = replace(mail, items=(replace(mail.items[0], start=start + 2, end=start + 20),))
    assert any(line.startswith("> Can") for line in _text(hidden, set()))


def test_rows_cover_every_own_character_at_any_width(page: ThreadPage) -> None:
    for mail in page.mails:
        for width in (20, 47, 80):
            laid = rows(mail, width, {0, *range(len(mail.message.body))})
            seen = "".join(mail.message.body[r.start : r.end] for r in laid if r.kind is RowKind.TEXT)
            assert "".join(seen.split()) == "".join(mail.message.body.split())


def test_rows_of_a_mail_without_zones_are_its_body(page: ThreadPage) -> None:
    assert _text(replace(page.mails[1], zones=()), set())[0].startswith("On Wed")


def test_tree_order_puts_a_reply_under_what_it_answers(page: ThreadPage) -> None:
    swapped = [replace(page.mails[3], message=replace(page.mails[3].message, parent_id="m1@example.org"))]
    order = tree_order([m.message for m in (*page.mails[:3], *swapped)])
    assert [(m.number, depth) for m, depth in order] == [(0, 0), (1, 1), (2, 2), (3, 2)]
    assert [m.number for m in messages_by_tree(page)] == [0, 1, 2, 3]


def test_tree_order_follows_no_loop(page: ThreadPage) -> None:
    a, b = (mail.message for mail in page.mails[:2])
    looped: list[MessageView] = [replace(a, parent_id=b.message_id), replace(b, parent_id=a.message_id)]
    assert [m.number for m, _ in tree_order(looped)] == [0, 1]
    assert [m.number for m, _ in tree_order([replace(a, parent_id=a.message_id)])] == [0]
