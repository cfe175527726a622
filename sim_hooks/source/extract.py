"""In: one C file. Out: its functions, function-like macros, tables of functions, constants and struct fields.

Facts only: names, lines and constants; no statement text leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from sim_hooks.source.constant import constant_value
from sim_hooks.source.declarations import declarations, enumerations, text_of
from sim_hooks.source.extracted import Defined, Extracted, Function
from sim_hooks.source.lower import Lowering
from sim_hooks.source.lowered import Lowered
from sim_hooks.source.preprocess import readable
from sim_hooks.source.prune import tidy
from sim_hooks.source.settings import settings
from sim_hooks.source.shapes import Body

if TYPE_CHECKING:
    from tree_sitter import Node

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")
_PASTED = re.compile(r"(?:(?<!\s)\s+)?##\s*")
_STRINGIFIED = re.compile(r"#\s*([A-Za-z_]\w*)")
_CONTINUED = re.compile(r"\\[ \t]*\n")
_LONGEST_MACRO = 6000
"""Characters of a macro's text; longer ones are tables of data."""


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
                declarations(node, source, made)
    made.settings += settings(source.decode())
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
        child.type == "storage_class_specifier" and text_of(child, source) == "static" for child in node.named_children
    )
    place = declarator.start_point[0] + 1
    made.functions.append(Function(name, place, static, False, result))
    enumerations(node.child_by_field_name("type"), source, made)


def _macro(node: Node, source: bytes, made: Extracted) -> None:
    name = text_of(node.child_by_field_name("name"), source)
    listed = node.child_by_field_name("parameters")
    names = [
        text_of(child, source) for child in (listed.children if listed else ()) if child.type in ("identifier", "...")
    ]
    text = text_of(node.child_by_field_name("value"), source)
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
    name = text_of(node.child_by_field_name("name"), source)
    text = _CONTINUED.sub(" ", text_of(node.child_by_field_name("value"), source)).strip()
    if not text:
        return
    line = node.start_point[0] + 1
    if _IDENTIFIER.match(text) and not text.isupper():
        alias = Lowered(["..."], {}, [["c", line, text, ["..."]]], set(), False)
        made.functions.append(Function(name, line, True, True, alias))
        return
    made.constants.append(Defined(name, constant_value(text), line))
