"""In: a function's syntax tree. Out: its parameters and its body in the shapes of `shapes`.

What the grammar could not read becomes a branch that nothing decides, or marks the function as not to be relied on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim_hooks.source.expressions import Expressions
from sim_hooks.source.shapes import Body, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_BRANCHED = frozenset({"preproc_ifdef", "preproc_if", "preproc_else", "preproc_elif", "preproc_elifdef"})


class Lowering(Expressions):
    """Turns the declarations and statements of one function into steps."""

    # Declarations -----------------------------------------------------------------------------------------------

    def parameters(self, declarator: Node) -> None:
        """Reads a function's parameter list."""
        listed = declarator.child_by_field_name("parameters")
        for child in listed.named_children if listed else ():
            if child.type == "parameter_declaration":
                name = self.declared(child.child_by_field_name("declarator"))
                self.made.parameters.append(name)
                self._note(name, child.child_by_field_name("type"))
            elif child.type == "variadic_parameter":
                self.made.parameters.append("...")

    def _note(self, name: str, kind: Node | None) -> None:
        if not name:
            return
        self.names.add(name)
        if kind is not None and kind.type in ("struct_specifier", "union_specifier"):
            tag = self.text(kind.child_by_field_name("name"))
            if tag:
                self.made.structs[name] = tag

    def _declaration(self, node: Node, out: Body) -> None:
        kind = node.child_by_field_name("type")
        static = any(
            child.type == "storage_class_specifier" and self.text(child) == "static" for child in node.named_children
        )
        for child in node.children_by_field_name("declarator"):
            if child.type == "function_declarator":
                continue
            target = child.child_by_field_name("declarator") if child.type == "init_declarator" else child
            name = self.declared(target)
            again = name in self.names
            self._note(name, kind)
            given = child.child_by_field_name("value") if child.type == "init_declarator" else None
            if given is None or static:
                if again:
                    out.append(["=", name, None])
                continue
            if given.type == "initializer_list":
                self.initializer(name, given, out)
            else:
                out.append(["=", name, self.value(given, out)])

    # Statements -------------------------------------------------------------------------------------------------

    def block(self, node: Node | None) -> Body:
        """The steps of a statement."""
        out: Body = []
        if node is not None:
            self.statement(node, out)
        return out

    def statement(self, node: Node, out: Body) -> None:
        """Appends the steps of a statement."""
        match node.type:
            case "compound_statement" | "ERROR" | "translation_unit" | "else_clause":
                for child in node.named_children:
                    self.statement(child, out)
            case "expression_statement":
                for child in node.named_children:
                    self.value(child, out)
            case "declaration":
                self._declaration(node, out)
            case "if_statement":
                condition = self.condition(node, out)
                then = self.block(node.child_by_field_name("consequence"))
                other = self.block(node.child_by_field_name("alternative"))
                out.append(["i", self.line(node), condition, then, other])
            case "while_statement":
                before: Body = []
                condition = self.condition(node, before)
                out.append(["w", self.line(node), before, condition, self.block(node.child_by_field_name("body")), []])
            case "do_statement":
                body = self.block(node.child_by_field_name("body"))
                before = []
                condition = self.condition(node, before)
                out.append(["d", self.line(node), body, before, condition])
            case "for_statement":
                self._for(node, out)
            case "switch_statement":
                self._switch(node, out)
            case "return_statement":
                given = node.named_children
                value = self.value(given[0], out) if given else None
                out.append(["r", self.line(node), value])
            case "goto_statement":
                out.append(["g", self.line(node), self.text(node.child_by_field_name("label"))])
            case "labeled_statement":
                out.append(["l", self.text(node.child_by_field_name("label"))])
                for child in node.named_children[1:]:
                    self.statement(child, out)
            case "break_statement":
                out.append(["b"])
            case "continue_statement":
                out.append(["k"])
            case "case_statement":
                self.made.unsure = True
                for child in node.named_children:
                    self.statement(child, out)
            case kind if kind in _BRANCHED:
                self._both_sides(node, out)
            case (
                "comment"
                | "preproc_def"
                | "preproc_function_def"
                | "preproc_call"
                | "preproc_include"
                | "type_definition"
            ):
                pass
            case "function_definition":
                self.made.unsure = True
                self.statement(node.child_by_field_name("body") or node.named_children[-1], out)
            case _:
                self.value(node, out)

    def _both_sides(self, node: Node, out: Body) -> None:
        other = node.child_by_field_name("alternative")
        skipped = {
            child.id
            for child in (other, node.child_by_field_name("name"), node.child_by_field_name("condition"))
            if child
        }
        then: Body = []
        for child in node.named_children:
            if child.id not in skipped:
                self.statement(child, then)
        out.append(["i", self.line(node), None, then, self.block(other)])

    def _for(self, node: Node, out: Body) -> None:
        first = node.child_by_field_name("initializer")
        if first is not None:
            self.statement(first, out)
        before: Body = []
        given = node.child_by_field_name("condition")
        condition = 1 if given is None else self.value(given, before)
        after: Body = []
        step = node.child_by_field_name("update")
        if step is not None:
            self.value(step, after)
        out.append(["w", self.line(node), before, condition, self.block(node.child_by_field_name("body")), after])

    def _switch(self, node: Node, out: Body) -> None:
        value = self.condition(node, out)
        cases: list[list[object]] = []
        body = node.child_by_field_name("body")
        for child in body.named_children if body else ():
            if child.type == "case_statement":
                given = child.child_by_field_name("value")
                inside: Body = []
                label: Value = None
                if given is not None:
                    label = self.value(given, inside)
                    if label is None or isinstance(label, list) or any(part.type == "..." for part in child.children):
                        label = "?"
                for part in child.named_children:
                    if given is None or part.id != given.id:
                        self.statement(part, inside)
                cases.append([[label], inside])
            elif child.type in _BRANCHED:
                self.made.unsure = True
                cases.append([["?"], self.block(child)])
            elif child.type != "comment":
                self.statement(child, cases[-1][1] if cases else [])  # type: ignore[arg-type]
        out.append(["s", self.line(node), value, cases])
