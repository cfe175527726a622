"""Every kind of predicate has one hook, and a hook's digest follows the code its verdict rests on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kb.errors import CheckError
from sim_hooks.catalog import Catalog, Hook, catalog
from sim_hooks.code_digest import code_digest
from sim_hooks.predicates import KINDS, AllOf, Calls, Deadlocks, PathExists, SumIs


def test_every_kind_of_predicate_has_exactly_one_hook() -> None:
    kinds = [kind for hook in catalog() for kind in hook.kinds]
    assert sorted(kind.__name__ for kind in kinds) == sorted(KINDS)


def test_every_hook_has_a_module_with_a_digest() -> None:
    digests = {hook.name: hook.source_digest for hook in catalog()}
    assert len(set(digests.values())) == len(digests)
    assert all(len(digest) == 32 for digest in digests.values())


def test_a_kind_without_hook_is_an_error_that_lists_the_kinds() -> None:
    only = Catalog((Hook("sums", (SumIs,), "m", "adds", "arithmetic"),))
    with pytest.raises(CheckError, match=r"Calls: no hook decides this kind; kinds are SumIs"):
        only.for_predicate(Calls("a", "b"))


def test_an_unknown_hook_is_an_error_that_lists_the_hooks() -> None:
    with pytest.raises(CheckError, match="hooks are arithmetic, model"):
        catalog().named("magic")


def test_a_hook_without_module_is_an_error() -> None:
    with pytest.raises(CheckError, match="no such module"):
        _ = Hook("none", (SumIs,), "sim_hooks.hooks.no_such", "is not there", "arithmetic").source_digest


def test_parts_of_one_kind_of_evidence_share_its_hook() -> None:
    parts = AllOf((Calls("a", "b"), PathExists("c.c")))
    assert catalog().for_predicate(parts).name == "source"


def test_mixed_parts_are_put_together_and_each_keeps_its_hook() -> None:
    parts = AllOf((Calls("a", "b"), AllOf((Deadlocks("m"), SumIs(("1",), "1")))))
    known = catalog()
    assert known.for_predicate(parts).name == "all-of"
    assert [hook.name for hook in known.leaves(parts)] == ["source", "model", "arithmetic"]
    assert set(known.modules(parts)) == {"Calls", "Deadlocks", "SumIs"}


def test_extra_hooks_come_first() -> None:
    mine = Hook("mine", (SumIs,), "m", "adds", "arithmetic")
    assert catalog(mine).for_predicate(SumIs(("1",), "1")) is mine


def test_the_digest_covers_what_a_module_imports(tmp_path: Path) -> None:
    package = tmp_path / "sim_hooks"
    source = Path(__file__).resolve().parent.parent / "sim_hooks"
    for file in source.rglob("*.py"):
        target = package / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    ask = "from sim_hooks.catalog import catalog; print(*(hook.source_digest for hook in catalog()))"

    def digests() -> list[str]:
        path = f"{tmp_path}:{source.parent}"
        done = subprocess.run(
            [sys.executable, "-P", "-c", ask], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    names, before = catalog().names(), digests()
    with (package / "models" / "sync.py").open("a") as file_:
        file_.write("\nEXTRA = 1\n")
    after = digests()
    changed = {name for name, old, new in zip(names, before, after, strict=True) if old != new}
    assert "model" in changed
    assert not changed & {"arithmetic", "source", "all-of"}


def test_a_hook_that_does_not_compile_still_has_a_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_written_hook.py").write_text("def decide(", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    hook = Hook("half", (SumIs,), "half_written_hook", "is being written", "arithmetic")
    assert len(hook.source_digest) == 32


def test_no_hook_is_imported_by_asking_for_one() -> None:
    ask = (
        "import sys; from sim_hooks.catalog import catalog; [hook.source_digest for hook in catalog()]; "
        "print([name for name in sys.modules if name.startswith(('sim_hooks.hooks.', 'sim_hooks.models.'))])"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", ask], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_digest_of_a_package_follows_its_data_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "with_data_beside"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "table.toml").write_text("a = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = code_digest(("with_data_beside",))
    (package / "table.toml").write_text("a = 2\n", encoding="utf-8")
    assert code_digest(("with_data_beside",)) != before
