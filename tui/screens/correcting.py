"""In: keys on an item. Out: what they say of it, kept as a correction that counts at once, and can be undone.

Writing happens in a thread; what cannot be said is told with its reason. Nothing is offered where the browser is
read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from textual import work
from textual.binding import Binding, BindingType

from kb.corrections import Verb, effective, id_of
from kb.errors import ThreadkbError, UsageError
from kb.reading import Filter, Reader, reading
from kb.records import STATES, ItemKind, Named, Relation, State
from kb.views import ItemView
from kb.visible import one_line
from tui import saying
from tui.saying import Said
from tui.screens.asking import AskScreen, PickScreen
from tui.screens.view import View
from tui.widgets.signs import letter, says

Value = TypeVar("Value")

ACTIONS = ("confirm", "note", "reject", "kind", "set_state", "says", "link", "unlink", "merge", "undo")


class CorrectingView(View):
    """A screen on which an item can be corrected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "confirm", "It is right", show=False),
        Binding("A", "note", "It is right, with a note why", show=False),
        Binding("x", "reject", "It is no item", show=False),
        Binding("K", "kind", "It is of another kind", show=False),
        Binding("s", "set_state", "Where it stands", show=False),
        Binding("i", "says", "What it says", show=False),
        Binding("l", "link", "Link it to another", show=False),
        Binding("L", "unlink", "Cut the link under the cursor", show=False),
        Binding("M", "merge", "Merge it with another", show=False),
        Binding("u", "undo", "Undo the last correction of it", show=False),
    ]

    @property
    def corrected(self) -> ItemView | None:
        """The item that is spoken of; also one that was there and is gone."""
        raise NotImplementedError

    @property
    def linked(self) -> tuple[str, str, str] | None:
        """Source, relation and target (item ids) of the link under the cursor."""
        return None

    def was_corrected(self) -> None:
        """What is shown may be another."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ACTIONS and self.browser.read_only:
            return None
        return super().check_action(action, parameters)

    def action_confirm(self) -> None:
        self._each(Verb.CONFIRM, "")

    def action_note(self) -> None:
        self._ask("right, because:", "", lambda words: self._each(Verb.CONFIRM, words))

    def action_reject(self) -> None:
        self._each(Verb.REJECT, "")

    def _each(self, verb: Verb, why: str) -> None:
        item = self.corrected
        if item is not None:
            self._say(lambda _: saying.each(verb, [named(item)]), why)

    def action_kind(self) -> None:
        item = self.corrected
        if item is not None:
            kinds = [kind for kind in ItemKind if kind != item.kind]
            self._pick("what it is", kinds, kinds, lambda kind: self._say(lambda _: saying.edit(named(item), kind, "")))

    def action_set_state(self) -> None:
        item = self.corrected
        if item is not None:
            states = list(STATES[ItemKind(item.kind)])
            told = [f"{state} (as it is)" if state == item.state else str(state) for state in states]
            self._pick("where it stands", told, states, lambda state: self._state(item, state))

    def _state(self, item: ItemView, state: State) -> None:
        self._ask(f"{state}, because:", "", lambda why: self._say(lambda _: saying.state(named(item), state), why))

    def action_says(self) -> None:
        item = self.corrected
        if item is not None:
            say = self._say
            self._ask("it says:", says(item), lambda words: say(lambda _: saying.edit(named(item), None, words)))

    def action_link(self) -> None:
        item = self.corrected
        if item is not None:
            relations = list(Relation)
            self._pick("how it is linked", relations, relations, lambda relation: self._link(item, relation))

    def _link(self, item: ItemView, relation: Relation) -> None:
        from ingest.relate import allowed

        others = [other for other in self._others(item) if allowed(relation, ItemKind(item.kind), ItemKind(other.kind))]
        link = saying.link
        self._pick(
            f"{relation} what",
            [_line(other) for other in others],
            others,
            lambda other: self._say(lambda reader: link(reader, named(item), relation, named(other))),
        )

    def action_unlink(self) -> None:
        if self.linked is None:
            self.notify("put the cursor on a link first", severity="warning", markup=False)
            return
        source, relation, target = self.linked

        def said(reader: Reader) -> Sequence[Said]:
            ends = [reader.item(end) for end in (source, target)]
            first, second = (named(end) for end in ends if end is not None)
            return saying.unlink(reader, first, Relation(relation), second)

        self._say(said)

    def action_merge(self) -> None:
        item = self.corrected
        if item is not None:
            others = self._others(item)
            merge = saying.merge
            self._pick(
                "the same as",
                [_line(other) for other in others],
                others,
                lambda other: self._say(lambda reader: merge(reader, [named(item), named(other)], None, "")),
            )

    def _others(self, item: ItemView) -> list[ItemView]:
        with reading(self.path) as reader:
            return [other for other in reader.items(Filter(thread=item.thread_id)) if other.id != item.id]

    def action_undo(self) -> None:
        item = self.corrected
        if item is None:
            return

        def said(reader: Reader) -> Sequence[Said]:
            words = (item.message_id, item.quote)
            for correction in reversed(effective(reader.corrections())):
                if words in {(one.message_id, one.quote) for one in correction.named}:
                    return saying.undo(reader, id_of(correction))
            raise UsageError("undo", "nothing was said of this item by hand", "a says that it is right")

        self._say(said)

    # asking, and keeping what was said

    def _ask(self, question: str, words: str, then: Callable[[str], object]) -> None:
        def answered(words: str | None) -> None:
            if words is not None:
                then(words)

        self.app.push_screen(AskScreen(question, words), answered)

    def _pick(
        self, question: str, labels: Sequence[str], values: Sequence[Value], then: Callable[[Value], object]
    ) -> None:
        def picked(place: int | None) -> None:
            if place is not None:
                then(values[place])

        self.app.push_screen(PickScreen(question, [str(label) for label in labels]), picked)

    @work(thread=True, group="corrections")
    def _say(self, said: Callable[[Reader], Sequence[Said]], why: str = "") -> None:
        from tui.cli.author import author
        from tui.workspace import correct

        try:
            with reading(self.path) as reader:
                made = saying.signed(said(reader), author(), why)
            conflicts = correct(self.path, made)
        except ThreadkbError as wrong:
            self.app.call_from_thread(self._said, str(wrong), wrong=True)
            return
        told = "; ".join(conflict.what for conflict in conflicts)
        words = ", ".join(f"{one.verb} by {one.who}" for one in made)
        self.app.call_from_thread(self._said, f"{words}; u undoes" + (f". {told}" if told else ""), wrong=False)

    def _said(self, words: str, *, wrong: bool) -> None:
        if not wrong:
            self.was_corrected()
            for screen in self.app.screen_stack:
                if isinstance(screen, View):
                    screen.load()
        self.notify(one_line(words), severity="error" if wrong else "information", markup=False)


def named(item: ItemView) -> Named:
    """An item as a correction names it."""
    return Named(item.id, ItemKind(item.kind), item.message_id, item.quote)


def _line(item: ItemView) -> str:
    return f"{letter(item.kind)} #{item.number} {one_line(item.author)}: {says(item)}"
