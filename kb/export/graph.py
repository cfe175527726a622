"""In: a reader and a filter. Out: the graph of items and links, as DOT, GraphML or JSON-LD.

A link is there where both its ends are. Nodes and edges stand in reading order, so that the same database gives the
same text. Words of a mail are escaped in each format's own way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from kb.reading import Filter, Reader
from kb.records import ItemKind, Relation
from kb.views import ItemView, LinkView
from kb.visible import one_line

_SHAPES = {
    ItemKind.CLAIM: ("box", "#1f5fa8"),
    ItemKind.QUESTION: ("hexagon", "#8a4b00"),
    ItemKind.DECISION: ("octagon", "#6a3fa0"),
    ItemKind.ACTION: ("cds", "#0b6b5b"),
}
_AGAINST = frozenset({Relation.DISPUTES, Relation.REFUTES, Relation.REJECTS})
_LINE, _LINES = 36, 4
"""Characters and lines of a node's words in a drawing."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Items and the links among them."""

    items: tuple[ItemView, ...]
    links: tuple[LinkView, ...]


def graph(reader: Reader, wanted: Filter, *, linked: bool = False, confidence: float = 0.0) -> Graph:
    """The items that `wanted` finds and the links among them of at least `confidence`; `linked` leaves out the rest."""
    items = reader.items(wanted)
    places = {item.id: place for place, item in enumerate(items)}
    links = [
        link
        for thread in dict.fromkeys(item.thread_id for item in items)
        for link in reader.links(thread)
        if link.source in places and link.target in places and link.confidence >= confidence
    ]
    links.sort(key=lambda link: (places[link.source], link.relation, places[link.target]))
    if linked:
        ends = {end for link in links for end in (link.source, link.target)}
        items = tuple(item for item in items if item.id in ends)
    return Graph(items, tuple(links))


def dot(found: Graph) -> Iterator[str]:
    """The lines of a DOT file: a shape and a colour for each kind, dashed edges for objections."""
    yield "digraph threadkb {"
    yield "  rankdir=BT;"
    yield '  node [fontname="Helvetica", fontsize=10, margin="0.12,0.07"];'
    yield '  edge [fontname="Helvetica", fontsize=9];'
    for item in found.items:
        shape, colour = _SHAPES[ItemKind(item.kind)]
        head = f"{item.kind}, {item.state}" + (f"; check: {item.verdict}" if item.verdict else "")
        lines = [*_wrapped(item.quote), f"{one_line(item.author)}, #{item.number}", head]
        label = "\\n".join(_dot_escaped(line) for line in lines)
        yield f'  "{item.id}" [shape={shape}, color="{colour}", label="{label}", tooltip="{_dot_escaped(item.quote)}"];'
    for link in found.links:
        look = ', style=dashed, color="#b3261e"' if link.relation in _AGAINST else ""
        yield f'  "{link.source}" -> "{link.target}" [label="{_dot_escaped(link.relation)}"{look}];'
    yield "}"


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in one_line(text).split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LINE:
            if len(lines) == _LINES:
                lines[-1] += " …"
                break
            lines.append("")
        lines[-1] = f"{lines[-1]} {one_line(word, width=_LINE)}".strip()
    return lines


def _dot_escaped(text: str) -> str:
    # a label is read as escapes and as HTML entities
    plain = one_line(text).replace("&", "&amp;")
    return plain.replace("\\", "\\\\").replace('"', '\\"')


_NODE_KEYS = (
    ("kind", "string"), ("state", "string"), ("quote", "string"), ("says", "string"), ("author", "string"),
    ("date", "string"), ("thread", "string"), ("message_id", "string"), ("number", "int"), ("confidence", "double"),
    ("verdict", "string"),
)  # fmt: skip
_EDGE_KEYS = (("relation", "string"), ("confidence", "double"), ("because", "string"))


def graphml(found: Graph) -> Iterator[str]:
    """The lines of a GraphML file."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for prefix, of, keys in (("n", "node", _NODE_KEYS), ("e", "edge", _EDGE_KEYS)):
        for name, kind in keys:
            yield f'  <key id="{prefix}_{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>'
    yield '  <graph id="threadkb" edgedefault="directed">'
    for item in found.items:
        values = {"thread": item.thread_id} | {name: getattr(item, name) for name, _ in _NODE_KEYS if name != "thread"}
        yield f"    <node id={quoteattr(item.id)}>"
        yield from _data("n", ((name, values[name]) for name, _ in _NODE_KEYS))
        yield "    </node>"
    for number, link in enumerate(found.links):
        ends = f"source={quoteattr(link.source)} target={quoteattr(link.target)}"
        yield f'    <edge id="l{number}" {ends}>'
        yield from _data("e", ((name, getattr(link, name)) for name, _ in _EDGE_KEYS))
        yield "    </edge>"
    yield "  </graph>"
    yield "</graphml>"


def _data(prefix: str, values: Iterator[tuple[str, Any]]) -> Iterator[str]:
    for name, value in values:
        if value is not None:
            text = escape(one_line(value)) if isinstance(value, str) else str(value)
            yield f'      <data key="{prefix}_{name}">{text}</data>'


VOCABULARY = "urn:threadkb:vocabulary:"
"""What terms of our own begin with in JSON-LD; states, kinds and relations are those of `kb.records`."""
_SCHEMA = "https://schema.org/"
_DATE = "http://www.w3.org/2001/XMLSchema#dateTime"


def json_ld(found: Graph) -> dict[str, Any]:
    """A JSON-LD document; its context is part of it, so that nothing is fetched to read it.

    Items are `urn:threadkb:item:ID`, messages `mid:` addresses (RFC 2392). Each link is a property of its source and,
    with its confidence and reason, a node of its own under `links`.
    """
    relations: dict[str, dict[str, list[str]]] = {}
    for link in found.links:
        relations.setdefault(link.source, {}).setdefault(link.relation, []).append(_urn(link.target))
    return {
        "@context": _context(),
        "@id": "urn:threadkb:graph",
        "items": [
            {
                "@id": _urn(item.id),
                "@type": item.kind.capitalize(),
                "quote": one_line(item.quote),
                "says": one_line(item.says),
                "state": item.state,
                "verdict": item.verdict,
                "confidence": item.confidence,
                "author": one_line(item.author),
                "date": item.date,
                "message": _mid(item.message_id),
                "thread": f"urn:threadkb:thread:{item.thread_id}",
                **relations.get(item.id, {}),
            }
            for item in found.items
        ],
        "links": [
            {
                "@id": f"urn:threadkb:link:{link.source}:{link.relation}:{link.target}",
                "@type": "Link",
                "source": _urn(link.source),
                "relation": f"{VOCABULARY}{link.relation}",
                "target": _urn(link.target),
                "confidence": link.confidence,
                "because": one_line(link.because),
            }
            for link in found.links
        ],
    }


def _context() -> dict[str, Any]:
    own = {name: f"{VOCABULARY}{name}" for name in ("says", "state", "verdict", "confidence", "because")}
    to = {"@type": "@id"}
    return {
        **{kind.capitalize(): f"{VOCABULARY}{kind.capitalize()}" for kind in ItemKind},
        "Link": f"{VOCABULARY}Link",
        **own,
        "quote": f"{_SCHEMA}text",
        "author": f"{_SCHEMA}author",
        "date": {"@id": f"{_SCHEMA}dateCreated", "@type": _DATE},
        "message": {"@id": f"{_SCHEMA}isPartOf", **to},
        **{name: {"@id": f"{VOCABULARY}{name}", **to} for name in ("thread", "source", "relation", "target")},
        **{str(relation): {"@id": f"{VOCABULARY}{relation}", **to} for relation in Relation},
        "items": {"@id": f"{VOCABULARY}items", "@container": "@set"},
        "links": {"@id": f"{VOCABULARY}links", "@container": "@set"},
    }


def _urn(item_id: str) -> str:
    return f"urn:threadkb:item:{item_id}"


def _mid(message_id: str) -> str:
    return f"mid:{quote(message_id.encode('utf-8', 'surrogatepass'), safe='@')}"
