"""In: an item, and what it is linked to. Out: its entry on a summary: who, when, why it stands so, its words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.records import Relation, State
from kb.views import ItemView, LinkView, RunView
from kb.visible import one_line
from tui.cli.layout import Role, cells, cut, pad
from tui.cli.pages import Page
from tui.evidence import checked_words, finding

_AUTHOR = 16
_LEAST_WORDS = 16
"""Cells below which the beginning of somebody's words says nothing."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Writes entries of items of one thread."""

    page: Page
    items: Mapping[str, ItemView]
    links: Sequence[LinkView]
    runs: Mapping[str, RunView]
    """The latest run of each item that has one."""

    def entry(self, item: ItemView) -> Iterator[str]:
        """An item: who and when, why it stands as it does, its words, and what its check showed in one line."""
        told = f"check {item.verdict}: {self._finding(item)}" if item.verdict else ""
        yield self._head(item, self.reason(item, self._room(item)))
        yield from self.page.text(f'"{item.quote}"', limit=2)
        yield from self.page.text(told, indent="      ", limit=1)

    def checked(self, item: ItemView, beside: str) -> Iterator[str]:
        """An item for its check: who and when, `beside`, the words that were checked, what that showed."""
        run = self.runs.get(item.id)
        part = checked_words(run, item.quote) if run is not None else ""
        yield self._head(item, beside)
        yield from self.page.text(f'"… {part} …"' if part else f'"{item.quote}"', limit=2)
        yield from self.page.text(self._finding(item), indent="      ", limit=2)

    def brief(self, item: ItemView) -> str:
        """An item in one line: who and when, and the beginning of the words that were checked."""
        run = self.runs.get(item.id)
        return self._head(item, (checked_words(run, item.quote) if run is not None else "") or item.quote)

    def _head(self, item: ItemView, beside: str) -> str:
        name = self.page.paint(self.page.short(item.id), Role.NAME)
        author = pad(cut(one_line(item.author), self._column), self._column)
        words = cut(one_line(beside), self._room(item))
        return f"  {name} {_when(item)}  {author}  {words}".rstrip()

    def _room(self, item: ItemView) -> int:
        """Cells beside an item's author."""
        return self.page.width - cells(f"  {self.page.short(item.id)} {_when(item)}  ") - self._column - 2

    def _finding(self, item: ItemView) -> str:
        run = self.runs.get(item.id)
        return finding(run) if run is not None else item.summary or ""

    def reason(self, item: ItemView, room: int) -> str:
        """Why an item stands where it stands, in at most `room` cells; "" where its group says it."""
        if item.state == State.OPEN:
            return ""
        other = self.items.get(item.by_item or "")
        verb, colon, _ = item.because.partition(": ")
        if other is not None and colon:
            told = f"{verb} in #{other.number} by {one_line(other.author)}"
            left = room - cells(told) - 2
            return f"{told}: {cut(one_line(other.quote), left)}" if left >= _LEAST_WORDS else told
        settled = [k for k in self.links if k.source == item.id and k.relation in (Relation.ACCEPTS, Relation.REJECTS)]
        if settled and item.state == State.ACCEPTED:
            return f"{settled[0].relation} {self.page.short(settled[0].target)}"
        told = item.because.removeprefix(f"{item.state}: ")
        return told if cells(told) <= room else told.partition(", ")[0]

    @property
    def _column(self) -> int:
        """Cells that authors take."""
        return min(max((cells(one_line(item.author)) for item in self.items.values()), default=0), _AUTHOR)


def _when(item: ItemView) -> str:
    return f"{pad(f'#{item.number}', 3)} {item.date[:10]}"
