"""In: what to ask an endpoint. Out: the text that its model answered; waits, tries again and gives up by rule.

A server that knows no JSON schema is asked for a JSON object, and one that does not know that either for plain text.
After `_GIVES_UP` failures in a row that asking again did not mend, nothing more is sent.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from ingest.reader.endpoint import Endpoint, post
from ingest.reader.failures import ReadingError, Why

TRIES = 3
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
"""Seconds; a server that asks for a longer pause is not waited for."""
_GIVES_UP = 2
_FOR_GOOD = {401, 403, 404, 495}
"""HTTP statuses that no later question will change (495: its certificate cannot be trusted)."""
_NOT_SO = {400, 415, 422, 501}
"""HTTP statuses of a server that does not know what a request asks for."""
_STYLES = 3
"""With a schema, with a JSON object, with neither; each is asked where the one before is not known."""
MOST_SENT = 16 << 20
"""Bytes that are sent in one run."""
_MOST_TOKENS = 8000


class Asker:
    """One run's conversation with an endpoint, each question on its own."""

    def __init__(self, endpoint: Endpoint, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.endpoint = endpoint
        self.requests = 0
        self._sleep = sleep
        self._style = 0
        self._failures = 0
        self._sent = 0

    def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> str:
        """The text of the answer. Raises ReadingError."""
        if self._failures >= _GIVES_UP:
            raise ReadingError(Why.STOPPED)
        try:
            answer = self._styled(system, user, schema)
        except ReadingError as wrong:
            if wrong.status in _FOR_GOOD:
                self._failures = _GIVES_UP
            elif wrong.passing or wrong.why in {Why.SLOW, Why.MOVED}:
                self._failures += 1
            raise
        self._failures = 0
        return answer

    def _styled(self, system: str, user: str, schema: Mapping[str, Any]) -> str:
        for style in range(self._style, _STYLES):
            try:
                answer = self._patiently(_request(self.endpoint, system, user, schema, style))
            except ReadingError as wrong:
                if wrong.status not in _NOT_SO or style == _STYLES - 1:
                    raise
            else:
                self._style = style
                return answer
        raise AssertionError("a loop that returns or raises")

    def _patiently(self, content: bytes) -> str:
        for attempt in range(TRIES):
            if self._sent + len(content) > MOST_SENT:
                raise ReadingError(Why.SPENT)
            self._sent += len(content)
            self.requests += 1
            try:
                return _text_of(post(self.endpoint, content))
            except ReadingError as wrong:
                pause = _FIRST_PAUSE * 2**attempt if wrong.after is None else wrong.after
                if not wrong.passing or attempt == TRIES - 1 or pause > _LONGEST_PAUSE:
                    raise
                self._sleep(pause)
        raise AssertionError("a loop that returns or raises")


def _request(endpoint: Endpoint, system: str, user: str, schema: Mapping[str, Any], style: int) -> bytes:
    asked: dict[str, Any] = {
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        "stream": False,
    }
    if endpoint.model:
        asked["model"] = endpoint.model
    if style < 2:
        asked |= {"temperature": 0, "max_tokens": _MOST_TOKENS}
        asked["response_format"] = (
            {"type": "json_schema", "json_schema": {"name": "reading", "strict": True, "schema": schema}}
            if style == 0
            else {"type": "json_object"}
        )
    return json.dumps(asked, ensure_ascii=True).encode("ascii")


def _text_of(content: bytes) -> str:
    """What the model said, out of the envelope that chat completions have."""
    try:
        choice = json.loads(content)["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise ReadingError(Why.NOT_JSON, "no chat completion") from None
    if isinstance(text, list):
        text = "".join(str(part.get("text", "")) for part in text if isinstance(part, dict))
    if not isinstance(text, str):
        raise ReadingError(Why.SHAPE, "a message without text")
    if choice.get("finish_reason") == "length":
        raise ReadingError(Why.CUT, "the model stopped at its longest answer", status=200)
    return text
