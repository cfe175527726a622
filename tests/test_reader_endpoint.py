"""One question to an endpoint: what is sent, what is waited for, what is never followed, and when it is given up."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.reader import asking
from ingest.reader.asking import TRIES, Asker
from ingest.reader.endpoint import LARGEST_ANSWER, Endpoint, endpoint_of
from ingest.reader.failures import ReadingError, Why
from kb.errors import UsageError
from tests.support.reading_server import Reply, reading_server

GOOD = Reply('{"items": []}')


def asker(url: str, *, key: str = "", seconds: float = 5.0) -> tuple[Asker, list[float]]:
    """An asker at `url` that notes the pauses it would make."""
    slept: list[float] = []
    return Asker(endpoint_of(url, model="tiny", key=key, seconds=seconds), sleep=slept.append), slept


def ask(one: Asker) -> str:
    return one.ask("rules", "mail", {"type": "object"})


def why(one: Asker) -> ReadingError:
    with pytest.raises(ReadingError) as raised:
        ask(one)
    return raised.value


def test_question_is_one_chat_completion_with_a_schema_and_the_key_in_one_header() -> None:
    with reading_server([GOOD]) as (url, asked):
        one, _ = asker(url, key="secret-key")
        assert ask(one) == '{"items": []}'
    (request,) = asked
    assert request.path == "/v1/chat/completions"
    assert request.headers["Authorization"] == "Bearer secret-key"
    assert request.body["model"] == "tiny" and request.body["stream"] is False
    assert request.body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert "secret-key" not in json.dumps(request.body)


@pytest.mark.parametrize(
    ("url", "path", "place"),
    [
        ("http://localhost:8080", "/v1/chat/completions", "localhost:8080"),
        ("http://localhost:8080/v1/", "/v1/chat/completions", "localhost:8080"),
        ("https://models.example.org/api/v3", "/api/v3/chat/completions", "models.example.org"),
        ("https://models.example.org/x/chat/completions", "/x/chat/completions", "models.example.org"),
        ("http://[::1]:8080", "/v1/chat/completions", "[::1]:8080"),
        ("http://127.0.0.1", "/v1/chat/completions", "127.0.0.1"),
    ],
)
def test_endpoint_may_be_named_by_server_version_or_route(url: str, path: str, place: str) -> None:
    found = endpoint_of(url, model="tiny")
    assert (found.path, found.place, found.name) == (path, place, f"tiny at {place}")


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8080",
        "ftp://models.example.org",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@models.example.org",
        "ftp://user:secret@models.example.org",
        "http://models.example.org/?key=secret",
        "http://models.example.org/#a",
        "http://models.example.org:99999",
        "http://models.example.org/a b",
        "http://models.example.org/a\r\nX: y",
        "http://[::1",
    ],
)
def test_what_is_no_plain_http_url_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        endpoint_of(url)
    assert raised.value.todo
    assert "secret" not in str(raised.value)


def test_key_never_travels_unencrypted_to_another_machine_and_is_not_shown() -> None:
    with pytest.raises(UsageError) as raised:
        endpoint_of("http://models.example.org", key="secret-key")
    assert "unencrypted" in str(raised.value) and "secret-key" not in str(raised.value)
    assert "secret-key" not in repr(endpoint_of("https://models.example.org", key="secret-key"))
    with pytest.raises(UsageError):
        endpoint_of("https://models.example.org", key="a\r\nX-Other: b")


def test_server_that_knows_no_schema_is_asked_for_an_object_and_then_for_text() -> None:
    refused = Reply(body=b'{"error": "response_format"}', status=400)
    with reading_server([refused, refused, GOOD]) as (url, asked):
        one, slept = asker(url)
        ask(one)
        ask(one)
    formats = [request.body.get("response_format", {}).get("type") for request in asked]
    assert formats == ["json_schema", "json_object", None, None]
    assert not slept


def test_style_is_kept_only_where_it_helped() -> None:
    long = Reply(body=b'{"error": "too many tokens"}', status=400)
    with reading_server([long, long, long, GOOD]) as (url, asked):
        one, _ = asker(url)
        assert why(one).status == 400
        ask(one)
        ask(one)
    assert [request.body.get("response_format", {}).get("type") for request in asked[3:]] == ["json_schema"] * 2


def test_refusal_of_one_question_stops_no_others() -> None:
    with reading_server([Reply(status=413)] * 4 + [GOOD]) as (url, asked):
        one, _ = asker(url)
        for _ in range(4):
            assert why(one).status == 413
        ask(one)
    assert len(asked) == 5


def test_text_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": '{"items"'}, {"type": "text", "text": ": []}"}, 3]
    body = json.dumps({"choices": [{"message": {"content": parts}}]}).encode()
    with reading_server([Reply(body=body)]) as (url, _):
        one, _ = asker(url)
        assert ask(one) == '{"items": []}'


def test_failing_server_is_asked_again_after_growing_pauses_and_then_given_up() -> None:
    with reading_server([Reply(body=b"oops", status=503)]) as (url, asked):
        one, slept = asker(url)
        found = why(one)
        assert found.why is Why.BROKEN and "503" in found.words
        assert slept == [1.0, 2.0]
        why(one)
        assert why(one).why is Why.STOPPED
    assert len(asked) == 2 * TRIES


def test_pause_that_a_server_asks_for_is_made_unless_it_is_too_long() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    for given, least, most in (("7", 7, 7), (later, 20, 31)):
        with reading_server([Reply(status=429, headers={"Retry-After": given}), GOOD]) as (url, _):
            one, slept = asker(url)
            ask(one)
        assert len(slept) == 1 and least <= slept[0] <= most
    with reading_server([Reply(status=429, headers={"Retry-After": "86400"}), GOOD]) as (url, asked):
        one, slept = asker(url)
        assert why(one).status == 429
    assert not slept and len(asked) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refusal_that_will_not_change_stops_all_further_questions(status: int) -> None:
    with reading_server([Reply(body=b'{"error": "no secret-key here"}', status=status)]) as (url, asked):
        one, _ = asker(url, key="secret-key")
        found = why(one)
        assert (found.why, found.status) == (Why.REFUSED, status)
        assert "secret-key" not in found.words and "***" in found.words
        assert why(one).why is Why.STOPPED
    assert len(asked) == 1


def test_redirect_is_not_followed() -> None:
    with reading_server([GOOD]) as (other, asked_there):
        moved = Reply(status=307, headers={"Location": f"{other}/v1/chat/completions"})
        with reading_server([moved]) as (url, asked):
            one, _ = asker(url, key="secret-key")
            assert why(one).why is Why.MOVED
        assert len(asked) == 1
    assert not asked_there


def test_server_that_is_not_there_cannot_be_reached() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        one, slept = asker(f"http://127.0.0.1:{held.getsockname()[1]}")
        assert why(one).why is Why.UNREACHABLE
    assert slept == [1.0, 2.0]


@pytest.mark.parametrize("reply", [Reply("{}", delay=1.5), Reply('{"items": []}', drip=0.05)], ids=["late", "dripping"])
def test_answer_that_takes_too_long_is_given_up_in_time(reply: Reply) -> None:
    with reading_server([reply]) as (url, _):
        one, _ = asker(url, seconds=0.3)
        begun = time.monotonic()
        assert why(one).why is Why.SLOW
        assert time.monotonic() - begun < 3


def test_answer_that_breaks_off_or_is_cut_by_the_model_is_told_apart_from_a_whole_one() -> None:
    with reading_server([Reply("x" * 300, cut=100)]) as (url, asked):
        one, _ = asker(url)
        assert why(one).why is Why.CUT
        assert len(asked) == TRIES
    with reading_server([Reply('{"items": [{"quo', finish="length")]) as (url, asked):
        one, _ = asker(url)
        assert why(one).why is Why.CUT
        assert len(asked) == 1


def test_answer_larger_than_any_reading_is_not_read_to_its_end() -> None:
    with reading_server([Reply(body=b" " * (LARGEST_ANSWER + 10))]) as (url, _):
        one, _ = asker(url)
        assert why(one).why is Why.HUGE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}",
        b"[]",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b"[" * 100_000,
    ],
    ids=["empty", "html", "object", "list", "no choice", "no text", "deep"],
)
def test_answer_that_is_no_chat_completion_is_a_failure(body: bytes) -> None:
    with reading_server([Reply(body=body)]) as (url, _):
        one, _ = asker(url)
        assert why(one).why in {Why.NOT_JSON, Why.SHAPE}


def test_what_a_server_says_is_shown_without_control_characters() -> None:
    with reading_server([Reply(body=b"\x1b[31mred\x07 " + b"x" * 5000, status=418)]) as (url, _):
        one, _ = asker(url)
        words = why(one).words
    assert "\x1b" not in words and "\x07" not in words and len(words) < 300


def test_one_run_sends_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_SENT", 500)
    with reading_server([GOOD]) as (url, asked):
        one, _ = asker(url)
        ask(one)
        assert why(one).why is Why.SPENT
    assert len(asked) == 1


def test_endpoint_without_a_model_names_none() -> None:
    with reading_server([GOOD]) as (url, asked):
        Asker(endpoint_of(url)).ask("rules", "mail", {})
    assert "model" not in asked[0].body
    assert isinstance(endpoint_of(url), Endpoint) and endpoint_of(url).name.startswith("a model at 127.0.0.1:")
