"""A dump holds what cannot be made again, always in the same lines; restored, it counts as it did; two merge."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer

from ingest import pipeline, restoring
from kb.corrections import Verb, id_of
from kb.errors import SourceError, StoreError
from kb.reading import reading
from kb.records import Correction, Item, ItemKind, Named, Outcome, Quote, Strength, Verdict
from kb.store import schema
from kb.store.dump_lines import from_line, read_line, to_line
from kb.store.dumping import dumped
from kb.store.kinds import kinds
from kb.store.writing import writing
from tests.support.command_line import apart, here
from tests.support.said import says, standing
from tests.support.threads import run
from tests.test_corrections import MAILS

Capture = pytest.CaptureFixture[str]
BEN = "Ben Sample <ben@example.org>"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with mail, corrections of every sort of word, and runs."""
    path = tmp_path_factory.mktemp("spoken") / "kb.sqlite"
    pipeline.ingest(path, MAILS)
    items = _named(path)
    nasty = "[31m ‮ \x7f\u2028 \x1b]0; ü [1]"
    made = [
        says(Verb.CONFIRM, items[0], why=nasty),
        says(Verb.REJECT, items[1], minute=2, why='["a", 1.0, {"b": null}]'),
        says(Verb.MERGE, items[2], items[3], minute=1),
        says(Verb.CONFIRM, replace(items[0], message_id="later@example.org"), minute=3),
    ]
    pipeline.correct(path, made)
    with writing(path) as writer:
        writer.add_run(run(_item(items[0]), Verdict.VERIFIED))
        writer.add_run(run(_item(items[0]), Verdict.REFUTED))  # in the same second: the later one counts
    return path


def _item(one: Named) -> Item:
    return Item(one.id, one.kind, Quote(one.message_id, 0, 0, one.quote), one.quote, 1.0, "test")


def _named(path: Path) -> list[Named]:
    with reading(path) as reader:
        return [Named(i.id, ItemKind(i.kind), i.message_id, i.quote) for i in reader.items()]


def _dump(path: Path, *, mail: bool = False) -> str:
    return "".join(dumped(path, mail=mail))


def _restore(path: Path, text: str | bytes, *, merge: bool = False) -> restoring.RestoreReport:
    content = text.encode() if isinstance(text, str) else text
    return restoring.restore(path, io.BytesIO(content), "a.jsonl", merge=merge)


@pytest.mark.parametrize("mail", [False, True])
def test_a_restored_dump_is_dumped_again_byte_for_byte(spoken: Path, tmp_path: Path, mail: bool) -> None:
    text = _dump(spoken, mail=mail)
    path = tmp_path / "new.sqlite"
    _restore(path, text)
    assert _dump(path, mail=mail) == text
    assert not any(_restore(path, text).restored.added.values())


def test_a_whole_dump_gives_the_same_items_links_and_latest_runs(spoken: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    _restore(path, _dump(spoken, mail=True))
    assert standing(path) == standing(spoken)
    with reading(path) as reader, reading(spoken) as before:
        assert [r.verdict for r in reader.latest_runs()] == [r.verdict for r in before.latest_runs()] == ["refuted"]


def test_a_dump_counts_at_once_where_the_mail_is_and_waits_where_it_is_not(spoken: Path, tmp_path: Path) -> None:
    text = _dump(spoken)
    path = tmp_path / "new.sqlite"
    _restore(path, text)
    with reading(path) as reader:
        assert len(reader.conflicts()) == 4
    pipeline.ingest(path, MAILS)
    assert standing(path) == standing(spoken)
    other = tmp_path / "other.sqlite"
    pipeline.ingest(other, MAILS)
    _restore(other, text)
    assert standing(other) == standing(spoken)
    with reading(other) as reader:
        assert list(reader.conflicts().values()) == ["the mail <later@example.org> is not here"]


def test_a_dump_is_sorted_and_safe_on_a_terminal_and_says_its_format(spoken: Path) -> None:
    lines = _dump(spoken, mail=True).splitlines(keepends=True)
    assert json.loads(lines[0]) == {"table": "threadkb-dump", "format": 1}
    assert all(line.endswith("\n") and line[:-1].isprintable() for line in lines)
    times = [row["at"] for row in map(json.loads, lines) if row["table"] == "corrections"]
    assert times == sorted(times) and len(times) == 4
    assert all(list(row)[1:] == sorted(list(row)[1:]) for row in map(json.loads, lines[1:]))


def test_corrections_kept_in_another_order_give_the_same_dump(spoken: Path, tmp_path: Path) -> None:
    texts = []
    with reading(spoken) as reader:
        every = reader.corrections()
    for number, order in enumerate((every, every[::-1])):
        path = tmp_path / f"{number}.sqlite"
        with writing(path) as writer:
            writer.add_corrections(order)
        texts.append(_dump(path))
    assert texts[0] == texts[1]


def test_every_durable_table_is_known_to_the_dump_and_points_only_where_it_is_told() -> None:
    assert [kind.name for kind in kinds()] == [table.name for table in schema.DURABLE]
    counting = {("journal", "batch"), ("forgotten", "words")}
    for kind in kinds():
        numbers = {c.name for c in kind.columns if type(c.type) is Integer}
        assert {(kind.name, name) for name in numbers - set(kind.points)} <= counting, kind.name
        assert kind.key or kind.numbered


@given(st.text(), st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_row_comes_back_from_its_line(who: str, why: str, seconds: float) -> None:
    (kind,) = (one for one in kinds() if one.name == "runs")
    row: dict[str, object] = {column.name: "" for column in kind.columns}
    row |= {"check": who, "summary": why, "seconds": seconds, "at": "2024-01-01T00:00:00+00:00", "evidence": "[]"}
    row |= {"assumptions": "[]", "predicate": '{"a": [1, 2.5, "\\u00e9"]}', "verdict": "verified", "strength": "exact"}
    line = to_line(kind, row)
    assert line[:-1].isprintable()
    assert from_line(kind, read_line(line)) == row


HEAD = '{"table": "threadkb-dump", "format": 1}\n'
GOOD = (
    '{"table": "corrections", "item_id": "c-a", "verb": "confirm", "value": "", "who": "Dora", "why": "", '
    '"at": "2024-06-01T00:00:00+00:00", "named": [{"id": "c-a", "kind": "claim", "message_id": "m", "quote": "x"}]}\n'
)
RUBBISH = [
    ("", "a.jsonl: is empty"),
    ("\x00\x01", "a.jsonl:1: is no JSON"),
    ('{"table": "corrections"}\n', "a.jsonl:1: is not the first line of a dump"),
    ('{"table": "threadkb-dump", "format": 99}\n', "a.jsonl:1: a newer threadkb wrote this dump (format 99"),
    (HEAD + GOOD + "{oops\n", "a.jsonl:3: is no JSON"),
    (HEAD + GOOD + "[1]\n", "a.jsonl:3: is no JSON object that names a table"),
    (HEAD + GOOD + '{"table": "threads"}\n', "a.jsonl:3: there is no table 'threads'"),
    (HEAD + GOOD.replace('"who"', '"whom"'), "a.jsonl:2: corrections have no 'whom'"),
    (HEAD + GOOD.replace('"who": "Dora", ', ""), "a.jsonl:2: 'who' is missing"),
    (HEAD + GOOD.replace('"Dora"', "7"), "a.jsonl:2: 'who' is '7', which it cannot be"),
    (HEAD + GOOD.replace('"Dora"', '"\\ud800"'), "a.jsonl:2: 'who' holds half a character"),
    (HEAD + GOOD.replace("+00:00", ""), "a.jsonl:2: at '2024-06-01T00:00:00' names no time zone"),
    (HEAD + GOOD.replace("2024-06-01T", "yesterday"), "a.jsonl:2: Invalid isoformat"),
    (HEAD + GOOD.replace('"claim"', '"joke"'), "a.jsonl:2: 'joke' is not a valid ItemKind"),
    (HEAD + GOOD.replace('"quote": "x"', '"quota": "x"'), "a.jsonl:2: what it holds cannot be read"),
    (HEAD + GOOD[: GOOD.index('[{"id"')] + "[]}\n", "a.jsonl:2: the correction names no item"),
    (HEAD + GOOD + "[" * 100_000, "a.jsonl:3: is nested too deep"),
    (HEAD + GOOD + '{"table": "runs", "seconds": NaN}\n', "a.jsonl:3: 'NaN' is no number"),
]


@pytest.mark.parametrize(("text", "words"), RUBBISH, ids=[words for _, words in RUBBISH])
def test_a_line_that_is_wrong_is_named_and_nothing_is_written(
    spoken: Path, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "kb.sqlite"
    shutil.copy(spoken, path)
    before = _dump(path)
    with pytest.raises(SourceError) as wrong:
        _restore(path, text, merge=True)
    assert str(wrong.value).startswith(words)
    assert "nothing was written" in str(wrong.value)
    assert _dump(path) == before


def test_bytes_that_are_no_text_and_mail_that_was_changed_are_refused(spoken: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.jsonl:2: is no UTF-8 text"):
        _restore(tmp_path / "a.sqlite", HEAD.encode() + b"\xff\xfe\n")
    line = next(line for line in _dump(spoken, mail=True).splitlines() if '"raw_mails"' in line)
    changed = json.loads(line) | {"content": {"base64": "Rm9y"}}
    with pytest.raises(SourceError, match="are not those of its digest"):
        _restore(tmp_path / "b.sqlite", HEAD + json.dumps(changed))


def test_restore_without_merge_refuses_to_lose_what_was_said_here(spoken: Path, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    with writing(path) as writer:
        writer.add_corrections([says(Verb.REJECT, _named(spoken)[0], who=BEN)])
    with pytest.raises(StoreError, match="holds 1 corrections that the dump lacks; add the dump with --merge"):
        _restore(path, _dump(spoken))


def _base_with(folder: Path, name: str, said: list[Correction], verdict: Verdict | None = None) -> Path:
    path = folder / name
    with writing(path) as writer:
        writer.add_corrections(said)
        if verdict is not None:
            writer.add_run(run(_item(said[0].named[0]), verdict))
    return path


def test_two_peoples_dumps_merge_alike_from_either_side_with_conflicts_listed(spoken: Path, tmp_path: Path) -> None:
    one, two, *_ = _named(spoken)
    both = says(Verb.CONFIRM, two, minute=5)
    hers = [says(Verb.CONFIRM, one), both, says(Verb.STATE, two, value="open", minute=8)]
    his = [says(Verb.REJECT, one, minute=3, who=BEN), both, says(Verb.STATE, two, value="open", minute=9, who=BEN)]
    left = _base_with(tmp_path, "left.sqlite", hers, Verdict.VERIFIED)
    right = _base_with(tmp_path, "right.sqlite", his, Verdict.REFUTED)
    left_dump, right_dump = _dump(left), _dump(right)
    report = _restore(left, right_dump, merge=True).restored
    other = _restore(right, left_dump, merge=True).restored
    assert sorted(_dump(left).splitlines()) == sorted(_dump(right).splitlines())
    assert (report.added["corrections"], report.known["corrections"]) == (2, 1)
    assert [(id_of(d.earlier), id_of(d.later)) for d in report.disagreements] == [(id_of(hers[0]), id_of(his[0]))]
    assert report.disagreements == other.disagreements
    assert [set(r.verdicts) for r in report.runs_apart] == [{"verified", "refuted"}]
    again = _restore(left, right_dump, merge=True).restored
    assert (again.added["corrections"], again.disagreements, again.runs_apart) == (0, (), ())


def test_a_merged_older_run_does_not_become_the_latest(spoken: Path, tmp_path: Path) -> None:
    item = _item(_named(spoken)[0])
    old, new = tmp_path / "old.sqlite", tmp_path / "new.sqlite"
    early = run(item, Verdict.REFUTED)
    with writing(old) as writer:
        writer.add_run(early)
    pipeline.ingest(new, MAILS)
    with writing(new) as writer:
        writer.add_run(
            replace(early, at=early.at.replace(year=2025), outcome=Outcome(Verdict.VERIFIED, Strength.EXACT, ""))
        )
    _restore(new, _dump(old), merge=True)
    with reading(new) as reader:
        assert [r.verdict for r in reader.runs_of(item.id)] == ["verified", "refuted"]


def test_the_journal_of_another_base_is_left_out_and_told(capsys: Capture, spoken: Path, tmp_path: Path) -> None:
    other, file = tmp_path / "other.sqlite", tmp_path / "a.jsonl"
    pipeline.ingest(other, MAILS[:1])
    file.write_text(_dump(spoken))
    ran = here(capsys, "restore", "--merge", file, "--db", other)
    assert (ran.code, "rows are left out: they tell what happened in the other database" in ran.err) == (0, True)


def test_dump_and_restore_as_commands(capsys: Capture, spoken: Path, tmp_path: Path) -> None:
    file, path = tmp_path / "a.jsonl", tmp_path / "new.sqlite"
    assert json.loads(here(capsys, "dump", "--out", file, "--db", spoken, "--json").out)["rows"]["corrections"] == 4
    assert here(capsys, "dump", "--db", spoken).out == file.read_text()
    ran = apart("restore", "-", "--db", path, stdin=file.read_bytes())
    assert (ran.code, "waits: the mail <m0@example.org> is not here" in ran.err) == (0, True)
    said = says(Verb.REJECT, _named(spoken)[0], minute=30, who=BEN)
    other = _base_with(tmp_path, "ben.sqlite", [said])
    ran = here(capsys, "restore", "--merge", file, "--db", other)
    assert (ran.code, "which counts" in ran.out, "says" in ran.err) == (1, True, False)
    row = json.loads(here(capsys, "restore", "--merge", file, "--db", other, "--json").out)
    assert (row["added"]["corrections"], row["disagreements"]) == (0, [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dump", "--db", "{folder}/none.sqlite"], "there is no knowledge base here"),
        (["dump", "--out", "{folder}", "--db", "{base}"], "cannot be written: Is a directory"),
        (["dump", "--out", "{folder}/no/such/a.jsonl", "--db", "{base}"], "cannot be written: No such file"),
        (["restore", "{folder}/none.jsonl", "--db", "{base}"], "cannot be read: No such file"),
        (["restore", "{folder}", "--db", "{base}"], "cannot be read: Is a directory"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else None,
)
def test_what_cannot_be_dumped_or_restored_is_one_line(
    capsys: Capture, spoken: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    place: Callable[[str], str] = lambda text: text.format(folder=tmp_path, base=spoken)  # noqa: E731
    ran = here(capsys, *map(place, arguments))
    assert (ran.code, words in ran.one_line()) == (1, True)
    assert not list(tmp_path.glob(".*.part"))
