"""In: how a model is to answer. Out: an OpenAI-compatible server on loopback that answers so, and what it was asked."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_OWN = re.compile(r"^own words, paragraph \d+: (.*)$", re.MULTILINE)
_EARLIER = re.compile(r"^earlier item (E\d+) \((\w+), ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent for one request."""

    content: str | None = None
    """What the model says, put into the envelope of chat completions; None for `body` as it is."""
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    finish: str = "stop"
    delay: float = 0.0
    """Seconds before anything is sent."""
    drip: float = 0.0
    """Seconds between single bytes."""
    cut: int = 0
    """Bytes of the announced length that are never sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def user(self) -> str:
        """What stands in the user's message: the mail."""
        return str(self.body["messages"][1]["content"])

    @property
    def own_words(self) -> list[str]:
        """The paragraphs that were sent as own words."""
        return _OWN.findall(self.user)

    @property
    def earlier(self) -> list[tuple[str, str]]:
        """Name and kind of the earlier items that were sent."""
        return _EARLIER.findall(self.user)


Script = Callable[[Asked], Reply]


def item(quote: str, kind: str = "claim", **more: Any) -> dict[str, Any]:
    """An item as a model gives it."""
    return {"quote": quote, "kind": kind, "confidence": 0.9, "links": [], **more}


def items(*found: dict[str, Any]) -> str:
    """The text of an answer with these items."""
    return json.dumps({"items": list(found)})


def first_sentences(asked: Asked) -> Reply:
    """A good answer: the first sentence of every paragraph, a question where it ends so, linked to the last item."""
    found = []
    for text in asked.own_words:
        words = re.match(r"[^.?!]*[.?!]?", text)
        assert words is not None
        quote = words.group()
        kind = "question" if quote.endswith("?") else "claim"
        relation = "disputes" if kind == "claim" else "refines"
        links = [{"to": name, "relation": relation} for name, other in asked.earlier[:1] if other in {"claim"}]
        found.append(item(quote, kind, links=links if kind == "claim" else []))
    return Reply(items(*found))


@contextmanager
def reading_server(script: Script | Sequence[Reply]) -> Iterator[tuple[str, list[Asked]]]:
    """Answer as `script` says (its replies in turn, the last one for ever); the server's URL, and what was asked."""
    asked: list[Asked] = []
    left = [] if callable(script) else list(script)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            request = Asked(self.path, dict(self.headers), json.loads(content))
            asked.append(request)
            reply = script(request) if callable(script) else left.pop(0) if len(left) > 1 else left[0]
            time.sleep(reply.delay)
            with suppress(OSError):
                self._send(reply)

        def do_GET(self) -> None:
            asked.append(Asked(self.path, dict(self.headers), {}))
            self.send_error(404)

        def _send(self, reply: Reply) -> None:
            body = reply.body
            if reply.content is not None:
                message = {"role": "assistant", "content": reply.content}
                choice = {"index": 0, "message": message, "finish_reason": reply.finish}
                body = json.dumps({"object": "chat.completion", "choices": [choice]}).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            body = body[: len(body) - reply.cut]
            if not reply.drip:
                self.wfile.write(body)
            for at in range(len(body) if reply.drip else 0):
                self.wfile.write(body[at : at + 1])
                time.sleep(reply.drip)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
