"""In: an item's runs and a width. Out: lines: the verdict in short; the verdict with its evidence, and earlier ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby

from kb.records import ItemKind, Verdict
from kb.runs import compass
from kb.views import RunView
from kb.visible import one_line
from tui.evidence import checked_words, finding, part_verdict
from tui.pages import ItemPage
from tui.widgets.fact_lines import Line, hanging, labelled, section, wrapped
from tui.widgets.figure_lines import figure_lines
from tui.widgets.signs import verdict_look, verdict_sign
from tui.widgets.step_chart import step_lines


def verdict_in_short(page: ItemPage, width: int) -> Iterator[Line]:
    """The latest verdict in a sentence, and of which words; nothing where no check has run."""
    if not page.runs:
        return
    run = page.runs[0]
    yield from labelled("check", outcome_words(run), width, verdict_look(run.verdict))
    part = checked_words(run, page.item.quote)
    if part:
        yield from labelled("", f"{compass(part, one_line(page.item.quote))} “{part}”", width, "dim")


def verdict_lines(page: ItemPage, width: int) -> Iterator[Line]:
    """The latest verdict with all that it rests on, and what came out before."""
    if not page.runs:
        yield from section("no check: a question" if page.item.kind == ItemKind.QUESTION else "no check has run", width)
        return
    run = page.runs[0]
    yield from section("verdict", width)
    look = verdict_look(run.verdict)
    yield Line(
        [
            (f"{verdict_sign(run.verdict)} {run.verdict}", f"{look} label"),
            (f"  {run.strength}", ""),
            (f"  by {one_line(run.check)}, {run.seconds:.2f} s, {run.at[:16].replace('T', ' ')}", "dim"),
        ]
    )
    if not any(map(part_verdict, run.evidence)):  # else the parts below say it
        yield from (Line([(piece, "")]) for piece in wrapped(run.summary, width))
    yield from _evidence(run, width)
    if run.assumptions:
        yield Line([])
        yield Line([("assuming", "label")])
        for assumption in run.assumptions:
            yield from hanging("· ", assumption, width, "dim")
    yield Line([])
    yield from labelled("checked", predicate_words(run.predicate), width)
    yield from labelled("bound by", run.bound_by, width, "dim")
    yield from _earlier(page, width)


def _evidence(run: RunView, width: int) -> Iterator[Line]:
    """The lines a verdict rests on: a trace drawn step by step, facts with file:line, figures, notes."""
    last = ""
    names = {"step": "trace", "fact": "facts of the source", "figure": "figures", "note": "notes"}
    in_parts = False
    for (part, kind), group in groupby(run.evidence, key=lambda line: (part_verdict(line), str(line.get("kind", "")))):
        held = [(str(line.get("place", "")), str(line.get("text", ""))) for line in group]
        if part:
            for _, text in held:
                yield Line([])
                yield from hanging(f"{verdict_sign(part)} ", text, width, "label", mark=verdict_look(part))
            in_parts, last = True, kind
            continue
        if kind != last and not in_parts:
            yield Line([])
            yield Line([(one_line(names.get(kind, kind)), "label")])
        last = kind
        if kind == "step":
            yield from step_lines(held, width)
            continue
        for place, text in held:
            if kind == "figure" and not place:
                yield from figure_lines(text, width)
            else:
                yield from hanging("  ", f"{place}  {text}" if place else text, width, "")


def predicate_words(predicate: Mapping[str, object]) -> str:
    """`Calls(caller=f, callee=g)`; what is not expected to hold has `not` before it, empty fields are left out."""
    told = []
    for name, value in predicate.items():
        if name in ("kind", "expect") or value in ("", [], {}):
            continue
        if name == "parts" and isinstance(value, list) and all(isinstance(part, dict) for part in value):
            told.append("; ".join(predicate_words(part) for part in value))
        elif isinstance(value, dict):
            told.append(", ".join(f"{key}={_plain(held)}" for key, held in value.items()))
        else:
            told.append(f"{name}={_plain(value)}")
    denied = "not " if predicate.get("expect") is False else ""
    return f"{denied}{predicate.get('kind', '?')}({', '.join(told)})"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _earlier(page: ItemPage, width: int) -> Iterator[Line]:
    if len(page.runs) < 2:
        return
    yield Line([])
    yield Line([("earlier runs", "label")])
    for run in page.runs[1:]:
        words = f"{run.at[:16].replace('T', ' ')}  {run.strength}  {run.reason}"
        yield Line(
            [(f"  {verdict_sign(run.verdict)} {run.verdict:<13}", verdict_look(run.verdict)), (one_line(words), "dim")]
        )


def outcome_words(run: RunView | None) -> str:
    """What a check's end is announced with."""
    if run is None:
        return "nothing here that a machine can check"
    return f"{verdict_sign(run.verdict)} {Verdict(run.verdict)}: {one_line(finding(run))}"
