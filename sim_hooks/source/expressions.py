"""In: a C expression's syntax tree. Out: its value in the shapes of `shapes`, and the calls it makes, in order.

What is no plain name, constant or comparison becomes an unknown value: an omission can only add ways, never remove one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sim_hooks.source.lowered import Reading, number
from sim_hooks.source.shapes import COMPARISONS, Body, Value, names_global

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*\Z")
_SAME_TRUTH = frozenset({"likely", "unlikely", "WARN_ON", "WARN_ON_ONCE", "VM_WARN_ON", "VM_WARN_ON_ONCE", "BUG_ON"})
"""Macros whose result is true just when their first argument is."""
_SAME_VALUE = frozenset({"ERR_PTR", "ERR_CAST", "PTR_ERR"})
"""Macros and functions whose result is their argument, as another type."""
_TESTS_ERROR = {"IS_ERR": "<", "IS_ERR_OR_NULL": "<="}
"""Functions that tell whether a pointer holds a negative error code, as the comparison with 0 that this is."""


class Expressions(Reading):
    """Turns the expressions of one function into values and steps."""

    def condition(self, node: Node, out: Body) -> Value:
        """The value of the condition of a statement or of `?:`."""
        given = node.child_by_field_name("condition")
        return None if given is None else self.value(given, out)

    def value(self, node: Node, out: Body) -> Value:
        """An expression's value; the calls and assignments that it makes are appended in order."""
        match node.type:
            case "identifier":
                return self._named(self.text(node))
            case "number_literal":
                return number(self.text(node))
            case "true":
                return 1
            case "false" | "null":
                return 0
            case "parenthesized_expression":
                return self._last(node, out)
            case "comma_expression":
                return self._last(node, out)
            case "compound_statement":
                self.statement(node, out)
                return None
            case "cast_expression":
                given = node.child_by_field_name("value")
                return None if given is None else self.value(given, out)
            case "field_expression":
                return self._field(node, out)
            case "pointer_expression":
                given = node.child_by_field_name("argument")
                value = None if given is None else self.value(given, out)
                if node.children[0].type == "&" and isinstance(value, str):
                    return value if value[0] == "@" else f"&{value}" if value[0] not in "=&.:" else None
                if node.children[0].type == "&" and given is not None and given.type == "field_expression":
                    return f"@*.{self.text(given.child_by_field_name('field'))}"
                return None
            case "unary_expression":
                return self._unary(node, out)
            case "binary_expression":
                return self._binary(node, out)
            case "conditional_expression":
                return self._choice(node, out)
            case "assignment_expression":
                return self._assignment(node, out)
            case "update_expression":
                given = node.child_by_field_name("argument")
                place = None if given is None else self.value(given, out)
                self._store(given, place, None, out)
                return None
            case "call_expression":
                return self._call(node, out)
            case "compound_literal_expression":
                inside = node.child_by_field_name("value")
                if inside is not None:
                    self.initializer("", inside, out)
                return None
            case "initializer_list":
                self.initializer("", node, out)
                return None
            case (
                "sizeof_expression"
                | "string_literal"
                | "char_literal"
                | "concatenated_string"
                | "comment"
                | "type_descriptor"
            ):
                return None
            case _:
                for child in node.named_children:
                    self.value(child, out)
                return None

    def _last(self, node: Node, out: Body) -> Value:
        value: Value = None
        for child in node.named_children:
            if child.type != "comment":
                value = self.value(child, out)
        return value

    def _named(self, name: str) -> Value:
        if name in self.names:
            return name
        if name == "__VA_ARGS__":
            return "..."
        if name in ("true", "false", "NULL"):
            return int(name == "true")
        return f"={name}" if _CONSTANT.match(name) else f"@{name}"

    def _field(self, node: Node, out: Body) -> Value:
        given = node.child_by_field_name("argument")
        base = None if given is None else self.value(given, out)
        if isinstance(base, str) and base[0] not in "=.:" and base[:2] != "@*":
            return f"{base.removeprefix('&')}.{self.text(node.child_by_field_name('field'))}"
        return None

    def _unary(self, node: Node, out: Body) -> Value:
        given = node.child_by_field_name("argument")
        value = None if given is None else self.value(given, out)
        sign = node.children[0].type
        if value is None:
            return None
        if sign == "!":
            return ["!", value]
        if sign == "-":
            return -value if isinstance(value, int) else ["-", value]
        return ["~", value] if sign == "~" else value if sign == "+" else None

    def _binary(self, node: Node, out: Body) -> Value:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        sign = self.text(node.child_by_field_name("operator"))
        if left is None or right is None:
            return None
        first = self.value(left, out)
        if sign in ("&&", "||"):
            rest: Body = []
            second = self.value(right, rest)
            if rest:
                out.append(
                    ["i", self.line(right), first, rest, []]
                    if sign == "&&"
                    else ["i", self.line(right), first, [], rest]
                )
            return None if first is None and second is None else [sign, first, second]
        second = self.value(right, out)
        if sign in COMPARISONS:
            return None if first is None or second is None else [sign, first, second]
        if first is None and second is None:
            return None
        if sign in ("|", "&"):
            parts = [*(first[1:] if isinstance(first, list) and first[0] == sign == "|" else [first]), second]
            return [sign, *parts]
        return ["m", first, second]

    def _choice(self, node: Node, out: Body) -> Value:
        condition = self.condition(node, out)
        given, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        then: Body = []
        rest: Body = []
        first = condition if given is None else self.value(given, then)
        second = None if other is None else self.value(other, rest)
        if then or rest:
            out.append(["i", self.line(node), condition, then, rest])
        return None if first is None and second is None else ["?", condition, first, second]

    def _assignment(self, node: Node, out: Body) -> Value:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return None
        value = self.value(right, out)
        place = self.value(left, out)
        sign = self.text(node.child_by_field_name("operator"))
        if sign != "=":
            value = [sign[:-1] if sign in ("|=", "&=") else "m", place, value]
        self._store(left, place, value, out)
        return value

    def _store(self, node: Node | None, place: Value, value: Value, out: Body) -> None:
        if (
            node is not None
            and node.type == "field_expression"
            and self.text(node.child_by_field_name("operator")) == "->"
        ):
            self.made.assigned.add(
                f"{self.struct_of(node.child_by_field_name('argument'))}.{self.text(node.child_by_field_name('field'))}"
            )
        if isinstance(place, str) and place[0] not in "=&.:" and place[:2] != "@*":
            out.append(["=", place, value])
        elif value is not None and names_global(value):
            out.append(["=", "", value])

    def _call(self, node: Node, out: Body) -> Value:
        function = node.child_by_field_name("function")
        while function is not None and function.type == "parenthesized_expression" and function.named_children:
            function = function.named_children[0]
        if function is None:
            return None
        callee = "*"
        if function.type == "identifier":
            name = self.text(function)
            callee = "*" if name in self.names else name
        elif function.type == "field_expression":
            argument = function.child_by_field_name("argument")
            if argument is not None:
                self.value(argument, out)
            callee = f".{self.struct_of(argument)}.{self.text(function.child_by_field_name('field'))}"
        elif function.type == "call_expression" and self.text(function.child_by_field_name("function")) == "guard":
            callee = "guard"
        elif function.type != "pointer_expression":
            self.value(function, out)
        listed = node.child_by_field_name("arguments")
        arguments = [
            self.value(child, out) for child in (listed.named_children if listed else ()) if child.type != "comment"
        ]
        if callee not in ("likely", "unlikely"):
            out.append(["c", self.line(node), callee, arguments])
        if callee in _SAME_TRUTH or callee in _SAME_VALUE:
            return arguments[0] if arguments else None
        if callee in _TESTS_ERROR and len(arguments) == 1 and arguments[0] is not None:
            return [_TESTS_ERROR[callee], arguments[0], 0]
        return f":{callee}" if callee[0] not in "*." else None

    def initializer(self, name: str, node: Node, out: Body) -> None:
        for child in node.named_children:
            if child.type == "initializer_pair":
                keys = [
                    self.text(key)[1:]
                    for key in child.children_by_field_name("designator")
                    if key.type == "field_designator"
                ]
                given = child.child_by_field_name("value")
                if given is None:
                    continue
                if given.type == "initializer_list":
                    self.initializer(f"{name}.{'.'.join(keys)}", given, out)
                elif keys and name:
                    out.append(["=", f"{name}.{'.'.join(keys)}", self.value(given, out)])
                else:
                    out.append(["=", "", self.value(given, out)])
            elif child.type == "initializer_list":
                self.initializer("", child, out)
            else:
                out.append(["=", "", self.value(child, out)])
