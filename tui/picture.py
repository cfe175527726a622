"""In: a database and what to show of it. Out: an SVG of the real browser, made without a terminal.

The picture names no font of another host, so that it can be shown anywhere. `python -m tui.picture DB OUT.svg`.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import re
from pathlib import Path

from rich.cells import cell_len
from textual.pilot import Pilot

from kb.errors import UsageError
from kb.reading import reading
from tui.app import BrowseApp

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")
_FONT_FAMILY = re.compile(r"font-family:\s*(?:Fira Code|arial)[^;<]{0,200};")
_INDENTED = re.compile(
    r'(?P<head><text [^>]*?x="(?P<x>[\d.]+)"[^>]*?)textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>'
    r"(?P<blanks>(?:&#160;)+)(?P<text>[^<]+)<"
)
LOCAL_FONTS = 'font-family: "DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace;'


def picture(
    path: Path,
    out: Path,
    *,
    thread: str | None = None,
    item: str | None = None,
    size: tuple[int, int] = (120, 36),
) -> None:
    """Write what the browser shows of the database at `path` to `out`: a list, a `thread`, or an `item` (ids).

    `size` is in cells, width first. Raises UsageError where nothing has the id, StoreError where there is no database.
    """
    full = None
    if item is not None:
        with reading(path) as reader:
            what, full = reader.resolve(item)
            if what != "item":
                raise UsageError(item, f"is a {what}", "give an item's id")
    app = BrowseApp(path, thread=thread)
    out.write_text(local_fonts(asyncio.run(_drawn(app, full, size))), encoding="utf-8")


def local_fonts(svg: str) -> str:
    """`svg` with fonts of the reader's own machine in place of web fonts, and blanks that every renderer keeps.

    Some renderers drop the blanks at the beginning of a text; its place is moved instead.
    """
    svg = _INDENTED.sub(_moved, svg)
    return _FONT_FAMILY.sub(LOCAL_FONTS, _FONT_FACE.sub("", _COMMENT.sub("", svg)))


def _moved(found: re.Match[str]) -> str:
    x, length, text = float(found["x"]), float(found["length"]), html.unescape(found["text"])
    blanks = found["blanks"].count(";")
    moved = blanks * length / (blanks + cell_len(text))
    head = found["head"].replace(f'x="{found["x"]}"', f'x="{x + moved:.1f}"')
    return f'{head}textLength="{length - moved:.1f}"{found["rest"]}>{found["text"]}<'


async def _drawn(app: BrowseApp, item: str | None, size: tuple[int, int]) -> str:
    async with app.run_test(size=size) as pilot:
        await _at_rest(pilot)
        if item is not None:
            app.open_item(item)
            await _at_rest(pilot)
        return app.export_screenshot(title="threadkb browse")


async def _at_rest(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()
    await pilot.wait_for_scheduled_animations()


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tui.picture", description="An SVG of the browser.")
    parser.add_argument("db", type=Path, metavar="DB")
    parser.add_argument("out", type=Path, metavar="OUT.svg")
    parser.add_argument("--thread", help="show this thread")
    parser.add_argument("--item", help="show this item")
    parser.add_argument("--size", default="120x36", help="cells, e.g. 120x36")
    given = parser.parse_args()
    width, _, height = given.size.partition("x")
    if not (width.isdigit() and height.isdigit()):
        parser.error(f"--size: '{given.size}' is no size; write e.g. 120x36")
    picture(given.db, given.out, thread=given.thread, item=given.item, size=(int(width), int(height)))


if __name__ == "__main__":
    main()
