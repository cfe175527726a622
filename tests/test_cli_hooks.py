"""A binding is begun from an item, filled in by a person, and loads; no word of a mail can add to it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.ids import fold
from kb.records import Item, ItemKind
from sim_hooks.bindings import load
from sim_hooks.catalog import catalog
from sim_hooks.predicates import from_json
from sim_hooks.skeleton import quoted, skeleton
from tests.support.checks import claim
from tests.support.command_line import here
from tests.support.own_hooks import claim_base, write_hook

Capture = pytest.CaptureFixture[str]
DECIDED = [kind.__name__ for hook in catalog() for kind in hook.kinds]
WORDS = "The sum of 28 and 294 is 322, as sum_up() in mm/sums.c says."


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text('[user]\n\tname = Ada \\"Example\\"\n\temail = ada@example.org\n', encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("THREADKB_HOOKS", raising=False)


def _filled(text: str, kind: str) -> str:
    """The skeleton, with a reason, and the predicate of this kind taken in."""
    lines = []
    for line in text.splitlines():
        wanted = line.startswith(f'# predicate = {{ kind = "{kind}"')
        lines.append(line.removeprefix("# ") if wanted else line)
    return "\n".join(lines).replace('why = ""', 'why = "It says so."') + "\n"


def test_a_binding_that_is_filled_in_loads_and_is_checked(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", WORDS)
    text = here(capsys, "hooks", "new", named[WORDS].id[:8], "--db", path).out
    own = tmp_path / "data" / "threadkb" / "bindings"
    own.mkdir(parents=True)
    filled = _filled(text, "SumIs").replace('parts = ["28", "294", "322"]', 'parts = ["28", "294"]')
    (own / "mine.toml").write_text(filled, encoding="utf-8")
    (binding,) = load(own)
    assert (binding.who, binding.quote) == ('Ada "Example" <ada@example.org>', WORDS)
    ran = here(capsys, "verify", "--db", path)
    assert ran.out.split("\t")[1:4] == ["verified", "exact", "arithmetic"]
    assert "bound       by hand: It says so." in here(capsys, "show", named[WORDS].id, "--db", path).out


def test_the_words_choose_the_kinds_and_fill_their_fields(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", WORDS, "It can hang for ever.", "So it is.")
    text = here(capsys, "hooks", "new", named[WORDS].id, "--db", path).out
    assert '# predicate = { kind = "DefinedIn", function = "sum_up", path = "mm/sums.c" }' in text
    assert '# predicate = { kind = "SumIs", parts = ["28", "294", "322"], total = "322" }' in text
    assert "# Other kinds: Deadlocks" in text
    hang = here(capsys, "hooks", "new", named["It can hang for ever."].id, "--db", path).out
    assert '# predicate = { kind = "AlwaysEnds", model = "MODEL", parameters = {} }' in hang
    assert "#   reclaim: threads" in hang
    assert 'kind = "SumIs"' not in hang
    every = here(capsys, "hooks", "new", named["So it is."].id, "--db", path).out
    assert all(f'kind = "{kind}"' in every for kind in DECIDED)


def test_a_binding_not_filled_in_says_what_it_lacks(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", WORDS)
    own = tmp_path / "mine.toml"
    ran = here(capsys, "hooks", "new", named[WORDS].id, "-o", own, "--db", path)
    assert (ran.code, ran.out) == (0, "")
    assert "fill in `why` and a predicate" in ran.err
    ran = here(capsys, "verify", "--bindings", own, "--db", path)
    line = own.read_text(encoding="utf-8").splitlines().index("[[binding]]") + 1
    assert (ran.code, f"{own}:{line}: lacks 'predicate'" in ran.err) == (1, True)


def test_a_second_binding_goes_behind_the_first(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", WORDS, "So it is.")
    own = tmp_path / "mine.toml"
    for words in (WORDS, "So it is."):
        assert here(capsys, "hooks", "new", named[words].id, "-o", own, "--db", path).code == 0
    held = tomllib.loads(own.read_text(encoding="utf-8"))["binding"]
    assert [each["quote"] for each in held] == [WORDS, "So it is."]
    (tmp_path / "notes.txt").write_text("no TOML at all", encoding="utf-8")
    ran = here(capsys, "hooks", "new", named[WORDS].id, "-o", tmp_path / "notes.txt", "--db", path)
    assert "is no TOML" in ran.one_line()
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "no TOML at all"
    ran = here(capsys, "hooks", "new", named[WORDS].id, "-o", tmp_path / "no" / "mine.toml", "--db", path)
    assert "cannot be written: No such file" in ran.one_line()


def test_hooks_of_ones_own_are_offered(capsys: Capture, tmp_path: Path) -> None:
    path, named = claim_base(tmp_path / "kb.sqlite", WORDS)
    folder = write_hook(tmp_path / "hooks")
    ran = here(capsys, "hooks", "new", named[WORDS].id, "--hooks", folder, "--db", path, "--json")
    text = json.loads(ran.out)["toml"]
    assert '# predicate = { kind = "Even", number = 2, marks = ["a"] }' in text


def test_what_is_no_item_is_a_usage_error(capsys: Capture, tmp_path: Path) -> None:
    path, _ = claim_base(tmp_path / "kb.sqlite", WORDS)
    assert here(capsys, "hooks", "new", "0", "--db", path).code == 2
    assert here(capsys, "hooks", "new", "c-zzzz", "--db", path).code == 2


HOSTILE = ['"]\n[[binding]]\nx = 1', "'''\n# a", "\\u0041 \\", "\x1b[2J\u202e\u2028", "café ☃ 𝒳", "\x00\x7f\x85", "#"]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_mail_stay_one_string(words: str) -> None:
    item = claim(f"It says {words} so.")
    text = skeleton(item, f"Eve {words}", f"#1 {words}", tuple(catalog()), {}, "/a/folder")
    (binding,) = tomllib.loads(text)["binding"]
    assert binding["quote"] == item.quote.text
    assert set(binding) == {"message_id", "quote", "who", "why"}
    assert "\x1b" not in text and "\u202e" not in text and "\u2028" not in text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoted_text_reads_back(text: str) -> None:
    line = f"a = {quoted(text)}"
    assert "\n" not in line
    assert tomllib.loads(line) == {"a": text}


@pytest.mark.parametrize("kind", [kind for kind in DECIDED if kind != "AllOf"])
def test_every_kind_is_written_so_that_it_loads(kind: str) -> None:
    item: Item = claim("It is so.", kind=ItemKind.CLAIM)
    text = skeleton(item, "a tester", "it", tuple(catalog()), {}, "/a/folder")
    (binding,) = tomllib.loads(_filled(text, kind))["binding"]
    made = from_json(binding["predicate"])
    assert type(made).__name__ == kind
    assert fold(binding["why"]) == "It says so."
