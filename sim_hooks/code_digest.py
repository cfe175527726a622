"""In: modules by name or by file. Out: one digest of their code and of all that they import here.

Nothing is imported for it: what a module imports is found by reading it.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from functools import lru_cache
from pathlib import Path

from kb.errors import CheckError

_HERE = f"{__package__}."


@lru_cache(maxsize=64)
def lasting_digest(modules: tuple[str, ...]) -> str:
    """`code_digest` of what does not change while this program runs."""
    return code_digest(modules)


def code_digest(modules: tuple[str, ...]) -> str:
    """Over the files of `modules` and of everything that they import from this package, in whatever order of import.

    Of a module named by its file, what it imports from its own folder counts as well.
    """
    seen: dict[Path, None] = {}
    waiting = [path for name in modules for path in _files(name)]
    folders = {Path(name).parent for name in modules if name.endswith(".py")}
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen[path] = None
            names = _imports(path)
            waiting += [found for name in names if name.startswith(_HERE) for found in _files(name)[:1]]
            if path.parent in folders:
                waiting += [beside for name in names if (beside := path.parent / f"{name}.py").is_file()]
    total = hashlib.sha256()
    for path in sorted(seen):
        total.update(f"{path.parent.name}/{path.name}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:32]


def _imports(path: Path) -> set[str]:
    """The modules that the file at `path` imports, at its top or inside; none if it is broken."""
    names: set[str] = set()
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return names
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names.update({node.module} | {name for name in inner if _is_module(name)})
    return names


def _is_module(name: str) -> bool:
    return name.startswith(_HERE) and _origin(name) is not None


def _files(module: str) -> list[Path]:
    """The file of `module`; of a package, its `__init__.py` first and then every file of code or data in it."""
    origin = Path(module) if module.endswith(".py") else _origin(module)
    if origin is not None and not origin.is_file():
        origin = None
    if origin is None:
        raise CheckError(module, "there is no such module", "a hook names the module that holds its `decide`")
    if origin.name != "__init__.py":
        return [origin]
    held = {path for kind in ("*.py", "*.toml") for path in origin.parent.rglob(kind)}
    return [origin, *sorted(held - {origin})]


def _origin(module: str) -> Path | None:
    """The file of `module`, found without importing it or the packages it stands in."""
    top, *inner = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        return None
    place = Path(spec.origin).parent.joinpath(*inner) if inner else Path(spec.origin).with_suffix("")
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path
    return None
