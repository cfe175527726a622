"""The graph in three formats, read back by what reads them; and CSV that no spreadsheet calculates."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.export import graph as graphs
from kb.export.table import COLUMNS, lines
from kb.reading import Filter, reading
from kb.records import Item, ItemKind, Relation, Verdict
from kb.store.writing import writing
from tests.support.command_line import here
from tests.support.threads import derived, item, link, message, run, small_base

Capture = pytest.CaptureFixture[str]
DOT = shutil.which("dot")


def _graph(path: Path, **given: Any) -> graphs.Graph:
    with reading(path) as reader:
        return graphs.graph(reader, Filter(), **given)


def _read_back(found: graphs.Graph) -> Any:
    return networkx.read_graphml(io.BytesIO("\n".join(graphs.graphml(found)).encode()), force_multigraph=True)


def test_graphml_is_read_back_by_networkx(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    read = _read_back(_graph(tmp_path / "kb.sqlite"))
    assert set(read.nodes) == {one.id for one in named.values()}
    assert read.number_of_edges() == 5
    twice = read.nodes[named["twice"].id]
    assert (twice["kind"], twice["state"], twice["verdict"]) == ("claim", "uncontested", "verified")
    assert twice["quote"] == "The lock is taken twice."
    assert twice["confidence"] == pytest.approx(0.9)
    assert twice["number"] == 0
    ((_, _, edge),) = read.edges(named["never"].id, data=True)
    assert (edge["relation"], edge["because"]) == ("disputes", "a test says so")


def test_graph_without_loose_items_and_weak_links(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    found = _graph(tmp_path / "kb.sqlite", linked=True)
    assert {one.id for one in found.items} == {one.id for one in named.values()} - {named["test"].id}
    assert _graph(tmp_path / "kb.sqlite", confidence=0.9).links == ()
    with reading(tmp_path / "kb.sqlite") as reader:
        decisions = graphs.graph(reader, Filter(kind="decision"))
    assert {k.relation for k in decisions.links} == {"accepts"}
    assert all({k.source, k.target} <= {one.id for one in decisions.items} for k in decisions.links)


def _dot(text: str, layout: str) -> str:
    assert DOT is not None
    done = subprocess.run([DOT, f"-T{layout}"], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
def test_dot_is_drawn_by_graphviz(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    read = json.loads(_dot("\n".join(graphs.dot(_graph(tmp_path / "kb.sqlite"))), "json"))
    assert {node["name"] for node in read["objects"]} == {one.id for one in named.values()}
    assert len(read["edges"]) == 5
    assert [edge["style"] for edge in read["edges"] if edge["label"] == "disputes"] == ["dashed"]


def _expanded(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each node by its @id with its terms as addresses, as a reader of JSON-LD 1.1 expands this context."""
    context = document["@context"]

    def address(term: str) -> str:
        meant = context[term]
        return str(meant if isinstance(meant, str) else meant["@id"])

    nodes = {}
    for one in [*document["items"], *document["links"]]:
        assert re.fullmatch(r"urn:threadkb:(?:item|link):[!-~]+", one["@id"])
        nodes[one["@id"]] = {address(k): v for k, v in one.items() if not k.startswith("@")} | {
            "@type": address(one["@type"])
        }
    return nodes


def test_json_ld_carries_its_own_context_and_links_both_ways(tmp_path: Path) -> None:
    named = small_base(tmp_path / "kb.sqlite")
    document = graphs.json_ld(_graph(tmp_path / "kb.sqlite"))
    own = graphs.VOCABULARY
    nodes = _expanded(document)
    never = nodes[f"urn:threadkb:item:{named['never'].id}"]
    assert never[f"{own}disputes"] == [f"urn:threadkb:item:{named['holds'].id}"]
    assert never["@type"] == f"{own}Claim"
    assert never["https://schema.org/text"] == "The caller never holds it on error paths."
    assert never["https://schema.org/isPartOf"] == "mid:m3@example.org"
    edges = [node for node in nodes.values() if node["@type"] == f"{own}Link"]
    assert len(edges) == 5
    assert {edge[f"{own}relation"] for edge in edges} == {
        f"{own}{name}" for name in ("motivates", "answers", "accepts", "disputes")
    }


WORDS = [
    "<b>&amp;</b>", '"];x->y;"', "\\N\\G\\", 'a\\"', "]]></data>", "&#60;", "\x00\x1b[2J", "a\u202eb", "\ufffe\uffff",
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '"=1', "a,b\nc", "\ud800", "{}|<f0>", "#", "//", "/* x",
]  # fmt: skip


def _hostile(path: Path, words: str) -> list[Item]:
    clean = words.encode("utf-8", "replace").decode()
    mail = message(0, f"{clean} one\n\n{clean} two\n", author=clean, subject=clean)
    named = [item(ItemKind.CLAIM, mail, f"{clean} one"), item(ItemKind.DECISION, mail, f"{clean} two")]
    made = replace(link(named[0], Relation.SUPPORTS, named[1]), because=clean)
    with writing(path) as writer:
        writer.add_thread(derived([replace(mail, subject=clean)], named, [made]))
        writer.add_run(run(named[0], Verdict.REFUTED, summary=clean))
    return named


@pytest.mark.parametrize("words", WORDS)
def test_no_words_of_a_mail_change_the_graph(tmp_path: Path, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    named = _hostile(path, words)
    found = _graph(path)
    read = _read_back(found)
    assert set(read.nodes) == {one.id for one in named}
    assert [(a, b) for a, b in read.edges()] == [(named[0].id, named[1].id)]
    json.dumps(graphs.json_ld(found)).encode()
    for text in ("\n".join(graphs.dot(found)), "\n".join(graphs.graphml(found))):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ufffe\uffff]", text)
    if DOT is not None:
        drawn = json.loads(_dot("\n".join(graphs.dot(found)), "json"))
        assert sorted(node["name"] for node in drawn["objects"]) == sorted(one.id for one in named)
        assert len(drawn["edges"]) == 1


@pytest.mark.parametrize("words", WORDS)
def test_no_cell_of_the_csv_is_a_formula(capsys: Capture, tmp_path: Path, words: str) -> None:
    path = tmp_path / "kb.sqlite"
    _hostile(path, words)
    ran = here(capsys, "export", "items", "--format", "csv", "--db", path)
    head, *rows = list(csv.reader(io.StringIO(ran.out)))
    assert tuple(head) == COLUMNS
    assert len(rows) == 2 and all(len(row) == len(COLUMNS) for row in rows)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", '"')) for row in rows for cell in row)


@given(st.text())
def test_csv_gives_back_what_is_no_formula(text: str) -> None:
    plain = " ".join(text.encode("utf-8", "ignore").decode().split())
    head, row = csv.reader(lines([{"quote": plain, "confidence": -0.5, "topics": [plain]}]))
    cells = dict(zip(head, row, strict=True))
    assert cells["confidence"] == "-0.5"
    if plain.isascii() and plain.isprintable() and plain[:1].isalnum():
        assert cells["quote"] == cells["topics"] == plain
    assert not cells["quote"].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("layout", ["dot", "graphml", "json-ld"])
def test_command_prints_the_same_graph_each_time(capsys: Capture, tmp_path: Path, layout: str) -> None:
    path = tmp_path / "kb.sqlite"
    named = small_base(path)
    ran = here(capsys, "export", "graph", "--format", layout, "--db", path)
    assert ran.code == 0
    assert all(one.id in ran.out for one in named.values())
    assert here(capsys, "export", "graph", "--format", layout, "--db", path).out == ran.out


def test_command_leaves_out_what_is_not_sure_or_not_asked_for(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    small_base(path)
    ran = here(capsys, "export", "graph", "--json", "--kind", "question", "--db", path)
    assert [one["@type"] for one in json.loads(ran.out)["items"]] == ["Question"]
    none = here(capsys, "export", "graph", "--json", "--min-confidence", "0.95", "--db", path)
    assert json.loads(none.out)["items"] == []
