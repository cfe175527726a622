"""In: a declaration's syntax tree. Out: the enumerations, structs, variables and tables of functions that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim_hooks.source.constant import LONGEST, constant_value
from sim_hooks.source.extracted import Defined, Extracted, Struct, Table
from sim_hooks.source.lower import Lowering
from sim_hooks.source.shapes import Value

if TYPE_CHECKING:
    from tree_sitter import Node

_LAID_OUT = frozenset({"struct_specifier", "union_specifier"})
_AROUND = frozenset({"cast_expression", "parenthesized_expression", "pointer_expression"})


def text_of(node: Node | None, source: bytes) -> str:
    """The text of a node, "" for none."""
    return "" if node is None else source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def declarations(node: Node, source: bytes, made: Extracted) -> None:
    """Adds what stands in a node at the top level of a file."""
    stack = [node]
    while stack:
        current = stack.pop()
        match current.type:
            case "enum_specifier":
                enumerations(current, source, made)
            case "struct_specifier" | "union_specifier":
                _struct(current, source, made)
            case "field_declaration":
                _field(current, source, made)
            case "declaration":
                _variables(current, source, made, top=current.id == node.id)
        if current.type not in ("initializer_list", "function_declarator", "enumerator_list"):
            stack += reversed(current.named_children)


def _field(node: Node, source: bytes, made: Extracted) -> None:
    kind = node.child_by_field_name("type")
    if kind is None or kind.type != "struct_specifier":
        return
    tag = text_of(kind.child_by_field_name("name"), source)
    for child in node.children_by_field_name("declarator"):
        name = Lowering(source).declared(child)
        if tag and name:
            made.fields.setdefault(name, set()).add(tag)


# Structs --------------------------------------------------------------------------------------------------------


def _struct(node: Node, source: bytes, made: Extracted) -> None:
    tag, body = text_of(node.child_by_field_name("name"), source), node.child_by_field_name("body")
    if not tag or body is None:
        return
    found = list(_fields(body, source))
    names = tuple(dict.fromkeys(name for name in found if name))
    made.structs.append(Struct(tag, node.start_point[0] + 1, names, "" not in found and not node.has_error))


def _fields(body: Node, source: bytes) -> Iterator[str]:
    """The names of fields, and "" for each that could not be read."""
    for child in body.named_children:
        if child.type == "field_declaration":
            yield from _declared_fields(child, source)
        elif child.type.startswith("preproc_if") or child.type in ("preproc_else", "preproc_elif"):
            yield from _fields(child, source)
        elif child.type not in ("comment", "preproc_def", "preproc_function_def", "preproc_call", "identifier"):
            yield from [] if child.type in ("preproc_defined", "unary_expression", "binary_expression") else [""]


def _declared_fields(node: Node, source: bytes) -> Iterator[str]:
    named = node.children_by_field_name("declarator")
    kind = node.child_by_field_name("type")
    inside = kind.child_by_field_name("body") if kind is not None and kind.type in _LAID_OUT else None
    if not named:
        if inside is not None:
            yield from _fields(inside, source)
        else:
            yield ""
    for child in named:
        plain = child.type != "function_declarator" and not child.has_error
        yield Lowering(source).declared(child) if plain or "*" in text_of(child, source) else ""


# Variables ------------------------------------------------------------------------------------------------------


def _variables(node: Node, source: bytes, made: Extracted, *, top: bool) -> None:
    kind = node.child_by_field_name("type")
    tag = text_of(kind.child_by_field_name("name"), source) if kind is not None and kind.type in _LAID_OUT else ""
    outside = any(
        child.type == "storage_class_specifier" and text_of(child, source) == "extern" for child in node.named_children
    )
    for child in node.children_by_field_name("declarator"):
        given = child.child_by_field_name("value") if child.type == "init_declarator" else None
        target = child.child_by_field_name("declarator") if given is not None else child
        if given is not None and given.type == "initializer_list":
            rows: list[tuple[str, str, int]] = []
            _rows(tag or "*", given, source, made, rows, depth=0)
            name = Lowering(source).declared(target)
            if top and name and rows and target is not None and target.type == "identifier":
                whole = not given.has_error and b"\n#" not in source[given.start_byte : given.end_byte]
                made.tables.append(Table(name, tag or "*", child.start_point[0] + 1, tuple(rows), whole))
        elif top and target is not None and target.type == "identifier" and not tag and not outside:
            made.variables.append(Defined(text_of(target, source), _starts_as(given, source), child.start_point[0] + 1))


def _starts_as(given: Node | None, source: bytes) -> Value:
    """What a variable holds before anything runs: without an initialiser, zero."""
    if given is None:
        return 0
    if given.end_byte - given.start_byte > LONGEST:
        return None
    return constant_value(" ".join(text_of(given, source).split()))


def _rows(
    tag: str, node: Node, source: bytes, made: Extracted, rows: list[tuple[str, str, int]], *, depth: int
) -> None:
    for child in node.named_children:
        if child.type == "initializer_list":
            _rows(tag, child, source, made, rows, depth=depth + 1)
        elif child.type.startswith("preproc_") or child.type == "ERROR":
            _rows(tag, child, source, made, rows, depth=depth)
        elif child.type == "initializer_pair":
            _row(tag, child, source, made, rows, depth=depth)


def _row(tag: str, node: Node, source: bytes, made: Extracted, rows: list[tuple[str, str, int]], *, depth: int) -> None:
    value = node.child_by_field_name("value")
    while value is not None and value.type in _AROUND:
        value = value.child_by_field_name("value") or value.named_children[-1]
    keys = [key for key in node.children_by_field_name("designator") if key.type == "field_designator"]
    line = node.start_point[0] + 1
    if value is None or not keys:
        if value is not None and value.type == "initializer_list":
            _rows(tag, value, source, made, rows, depth=depth + 1)
        return
    field = text_of(keys[-1], source)[1:]
    if value.type == "initializer_list":
        _rows("*", value, source, made, rows, depth=depth + 1)
    elif value.type == "identifier":
        made.installed.append((tag, field, text_of(value, source), line))
    if not depth:
        rows.append((field, text_of(value, source) if value.type == "identifier" else "", line))


# Enumerations ---------------------------------------------------------------------------------------------------


def enumerations(node: Node | None, source: bytes, made: Extracted) -> None:
    """Adds the constants of an enumeration; one that follows what could not be read has no known value."""
    if node is None or node.type != "enum_specifier":
        return
    listed = node.child_by_field_name("body")
    first, before = "", ""
    value: Value = -1
    for child in listed.named_children if listed else ():
        if child.type != "enumerator":
            value = value if child.type == "comment" else None
            continue
        name = text_of(child.child_by_field_name("name"), source)
        first = first or name
        made.families[name] = first
        given = child.child_by_field_name("value")
        if given is not None:
            value = constant_value(text_of(given, source))
        elif isinstance(value, int):
            value += 1
        elif value is not None:
            value = ["+", f"={before}", 1]
        made.constants.append(Defined(name, value, child.start_point[0] + 1))
        before = name
