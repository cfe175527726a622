"""In: one C file. Out: its functions, function-like macros, tables of functions, constants and struct fields.

Facts only: names, lines and constants; no statement text leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from sim_hooks.source.expressions import Lowered, number
from sim_hooks.source.lower import Lowering
from sim_hooks.source.preprocess import readable
from sim_hooks.source.prune import tidy
from sim_hooks.source.shapes import Body, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")
_PASTED = re.compile(r"\s*##\s*")
_STRINGIFIED = re.compile(r"#\s*([A-Za-z_]\w*)")
_CONTINUED = re.compile(r"\\[ \t]*\n")
_LONGEST_MACRO = 6000
"""Characters of a macro's text; longer ones are tables of data."""


@dataclass(slots=True)
class Function:
    """A function, or a function-like macro."""

    name: str
    line: int
    static: bool
    macro: bool
    lowered: Lowered


@dataclass(slots=True)
class Extracted:
    """What one file holds."""

    path: str
    functions: list[Function] = field(default_factory=list)
    tables: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Struct tag (`*` unknown), field, what is assigned to it, line."""
    constants: dict[str, Value] = field(default_factory=dict)
    """Name to its value: a number, `=NAME`, or an operator and values."""
    families: dict[str, str] = field(default_factory=dict)
    """An enumeration's constant to the first constant of the same enumeration."""
    enumerated: dict[str, str] = field(default_factory=dict)
    """An enumeration's constant to the constant before it, or "" for the first."""
    fields: dict[str, set[str]] = field(default_factory=dict)
    """A struct field's name to the tags of the structs that it is or points to."""
    errors: int = 0
    """Functions in which the grammar stumbled."""


@cache
def _parser() -> Callable[[bytes], Node]:
    import tree_sitter_c
    from tree_sitter import Language, Parser

    parser = Parser(Language(tree_sitter_c.language()))
    return lambda source: parser.parse(source).root_node


def extract(path: str, content: bytes) -> Extracted:
    """The facts of one file; whatever cannot be read is left out, nothing is raised."""
    made = Extracted(path)
    source = readable(content.decode("utf-8", "replace")).encode()
    for node in _top(_parser()(source)):
        match node.type:
            case "function_definition":
                _function(node, source, made)
            case "preproc_function_def":
                _macro(node, source, made)
            case "preproc_def":
                _constant(node, source, made)
            case _:
                _declarations(node, source, made)
    return made


def _top(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        if child.type.startswith("preproc_if") or child.type in (
            "preproc_else",
            "preproc_elif",
            "preproc_elifdef",
            "linkage_specification",
            "declaration_list",
            "ERROR",
        ):
            yield from _top(child)
        elif child.type != "comment":
            yield child


def _text(node: Node | None, source: bytes) -> str:
    return "" if node is None else source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _function(node: Node, source: bytes, made: Extracted) -> None:
    lowering = Lowering(source)
    declarator = node.child_by_field_name("declarator")
    while declarator is not None and declarator.type != "function_declarator":
        declarator = declarator.child_by_field_name("declarator") or next(
            (child for child in declarator.named_children if "declarator" in child.type), None
        )
    if declarator is None:
        return
    name = lowering.declared(declarator.child_by_field_name("declarator"))
    if not name or name in ("if", "while", "for", "switch"):
        return
    lowering.parameters(declarator)
    result = lowering.made
    result.body = tidy(lowering.block(node.child_by_field_name("body")))
    result.unsure = result.unsure or node.has_error
    made.errors += result.unsure
    static = any(
        child.type == "storage_class_specifier" and _text(child, source) == "static" for child in node.named_children
    )
    place = declarator.start_point[0] + 1
    made.functions.append(Function(name, place, static, False, result))
    _enumerations(node.child_by_field_name("type"), source, made)


def _macro(node: Node, source: bytes, made: Extracted) -> None:
    name = _text(node.child_by_field_name("name"), source)
    listed = node.child_by_field_name("parameters")
    names = [
        _text(child, source) for child in (listed.children if listed else ()) if child.type in ("identifier", "...")
    ]
    text = _text(node.child_by_field_name("value"), source)
    body, unsure, assigned = _macro_body(text, names, node.start_point[0])
    made.functions.append(
        Function(name, node.start_point[0] + 1, True, True, Lowered(names, {}, body, assigned, unsure))
    )


def _macro_body(text: str, names: list[str], line: int) -> tuple[Body, bool, set[str]]:
    if not text.strip() or len(text) > _LONGEST_MACRO:
        return [], True, set()
    text = _STRINGIFIED.sub('""', _PASTED.sub("__pasted__", _CONTINUED.sub("\n", text)))
    source = f"void m(void) {{ {text}\n;}}".encode()
    root = _parser()(source)
    lowering = Lowering(source, line)
    lowering.names |= {name for name in names if _IDENTIFIER.match(name)}
    out: Body = []
    for child in root.named_children:
        lowering.statement(child.child_by_field_name("body") or child, out)
    return tidy(out), lowering.made.unsure or root.has_error, lowering.made.assigned


def _constant(node: Node, source: bytes, made: Extracted) -> None:
    name = _text(node.child_by_field_name("name"), source)
    text = _CONTINUED.sub(" ", _text(node.child_by_field_name("value"), source)).strip()
    if not text or len(text) > 400:
        return
    if _IDENTIFIER.match(text) and not text.isupper():
        alias = Lowered(["..."], {}, [["c", node.start_point[0] + 1, text, ["..."]]], set(), False)
        made.functions.append(Function(name, node.start_point[0] + 1, True, True, alias))
        return
    value = constant_expression(text)
    if value is not None and made.constants.setdefault(name, value) != value:
        made.constants[name] = ["m"]


def constant_expression(text: str) -> Value:
    """The value of a macro's text such as `(A | 0x10)`, or None."""
    plain = number(text)
    if plain is not None:
        return plain
    source = f"void m(void) {{ x = {text};}}".encode()
    root = _parser()(source)
    if root.has_error:
        return None
    out: Body = []
    lowering = Lowering(source)
    lowering.names.add("x")
    for child in root.named_children:
        lowering.statement(child.child_by_field_name("body") or child, out)
    return out[0][2] if len(out) == 1 and out[0][0] == "=" else None


def _declarations(node: Node, source: bytes, made: Extracted) -> None:
    """Structs, enumerations and tables of functions at the top level of a file."""
    stack = [node]
    while stack:
        current = stack.pop()
        match current.type:
            case "enum_specifier":
                _enumerations(current, source, made)
            case "field_declaration":
                _field(current, source, made)
            case "declaration":
                _table_of(current, source, made)
        if current.type not in ("initializer_list", "function_declarator", "enumerator_list"):
            stack += reversed(current.named_children)


def _field(node: Node, source: bytes, made: Extracted) -> None:
    kind = node.child_by_field_name("type")
    if kind is None or kind.type != "struct_specifier":
        return
    tag = _text(kind.child_by_field_name("name"), source)
    for child in node.children_by_field_name("declarator"):
        name = Lowering(source).declared(child)
        if tag and name:
            made.fields.setdefault(name, set()).add(tag)


def _table_of(node: Node, source: bytes, made: Extracted) -> None:
    kind = node.child_by_field_name("type")
    tag = (
        _text(kind.child_by_field_name("name"), source) if kind is not None and kind.type == "struct_specifier" else ""
    )
    for child in node.children_by_field_name("declarator"):
        given = child.child_by_field_name("value") if child.type == "init_declarator" else None
        if given is not None and given.type == "initializer_list":
            _table(tag or "*", given, source, made)


def _table(tag: str, node: Node, source: bytes, made: Extracted) -> None:
    for child in node.named_children:
        if child.type == "initializer_list":
            _table(tag, child, source, made)
        elif child.type == "initializer_pair":
            value = child.child_by_field_name("value")
            while value is not None and value.type in (
                "cast_expression",
                "parenthesized_expression",
                "pointer_expression",
            ):
                value = value.child_by_field_name("value") or value.named_children[-1]
            keys = [key for key in child.children_by_field_name("designator") if key.type == "field_designator"]
            if value is None or not keys:
                if value is not None and value.type == "initializer_list":
                    _table(tag, value, source, made)
            elif value.type == "identifier":
                made.tables.append((tag, _text(keys[-1], source)[1:], _text(value, source), child.start_point[0] + 1))
            elif value.type == "initializer_list":
                _table("*", value, source, made)


def _enumerations(node: Node | None, source: bytes, made: Extracted) -> None:
    if node is None or node.type != "enum_specifier":
        return
    listed = node.child_by_field_name("body")
    before = first = ""
    for child in listed.named_children if listed else ():
        if child.type != "enumerator":
            before = before if child.type == "comment" else "?"
            continue
        name = _text(child.child_by_field_name("name"), source)
        first = first or name
        made.families[name] = first
        given = child.child_by_field_name("value")
        if given is not None:
            value = constant_expression(_text(given, source))
            made.constants[name] = ["m"] if value is None else value
        elif before == "?":
            made.constants[name] = ["m"]
        else:
            made.enumerated[name] = before
        before = name
