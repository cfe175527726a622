"""In: a function's syntax tree. Out: where its names and lines stand; and what is kept of it, which others fill in."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim_hooks.source.shapes import Body

if TYPE_CHECKING:
    from tree_sitter import Node

_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)[uUlL]*\Z")


@dataclass(slots=True)
class Lowered:
    """What is kept of one function or macro."""

    parameters: list[str] = field(default_factory=list)
    structs: dict[str, str] = field(default_factory=dict)
    """Parameter or local to the tag of the struct that it is or points to."""
    body: Body = field(default_factory=list)
    assigned: set[str] = field(default_factory=set)
    """`struct.field` of each assignment through a pointer; `*` for a struct that is not known."""
    unsure: bool = False
    """The grammar stumbled: the body holds calls, but nothing may be concluded from its branches."""


def number(text: str) -> int | None:
    """A C integer literal's value."""
    found = _NUMBER.match(text)
    if found is None:
        return None
    digits = found[1]
    return int(digits, 8 if digits[0] == "0" and digits[1:].isdigit() else 0)


class Reading(ABC):
    """Reads names, lines and declarators of one function."""

    def __init__(self, source: bytes, line_offset: int = 0) -> None:
        self.source = source
        self.made = Lowered()
        self.names: set[str] = set()
        self._offset = line_offset + 1

    def text(self, node: Node | None) -> str:
        return "" if node is None else self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def line(self, node: Node) -> int:
        return node.start_point[0] + self._offset

    @abstractmethod
    def statement(self, node: Node, out: Body) -> None:
        """Appends the steps of a statement."""

    def declared(self, node: Node | None) -> str:
        """The name that a declarator declares, or "" where it has none."""
        while node is not None:
            if node.type in ("identifier", "field_identifier", "type_identifier"):
                return self.text(node)
            inner = node.child_by_field_name("declarator")
            if inner is None:
                inner = next(
                    (
                        child
                        for child in node.named_children
                        if "declarator" in child.type or child.type == "identifier"
                    ),
                    None,
                )
            node = inner
        return ""

    def struct_of(self, node: Node | None) -> str:
        """The struct that an expression points to: a tag, `?field` for what a field of that name points to, or `*`."""
        while node is not None and node.type in ("parenthesized_expression", "cast_expression"):
            node = node.named_children[-1] if node.named_children else None
        if node is None:
            return "*"
        if node.type == "identifier":
            return self.made.structs.get(self.text(node), "*")
        if node.type == "field_expression":
            return "?" + self.text(node.child_by_field_name("field"))
        return "*"
