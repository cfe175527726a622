"""In: how the tests were started. Out: the same signals whoever started them, and no state of the user's."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

if threading.current_thread() is threading.main_thread():
    # a shell that starts something in the background has it ignore SIGINT, and children inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state directory for this test alone: what was looked at is kept there."""
    state = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    return state
