"""In: settings. Out: a test's own git and b4, which see those settings and nothing of the developer's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest


def git_settings(monkeypatch: pytest.MonkeyPatch, folder: Path, settings: Sequence[tuple[str, str]]) -> None:
    """Let git and b4 live in `folder` with `settings` (name, value), set through git's own environment variables."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        (folder / name).mkdir(exist_ok=True)
        monkeypatch.setenv(name, str(folder / name))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (name, value) in enumerate(settings):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
