"""`threadkb models` shows, explores and prints models, and says what is wrong with a setting."""

from __future__ import annotations

import json

import pytest

from sim_hooks.models import models, timed_models
from tests.support.command_line import here

Capture = pytest.CaptureFixture[str]


def test_models_list_names_every_model(capsys: Capture) -> None:
    rows = json.loads(here(capsys, "models", "list", "--json").out)
    assert [row["name"] for row in rows] == [*models(), *timed_models()]


@pytest.mark.parametrize("name", [*models(), *timed_models()])
def test_models_show_says_all_that_a_setting_needs(capsys: Capture, name: str) -> None:
    spec = models().get(name) or timed_models()[name]
    shown = here(capsys, "models", "show", name).out
    for parameter in spec.parameters:
        assert f"{parameter.name} = " in shown
    for words in spec.assumptions:
        assert words.split(";")[0][:60] in " ".join(shown.split())


def test_models_run_tells_the_shortest_run_and_the_answers(capsys: Capture) -> None:
    ran = json.loads(here(capsys, "models", "run", "reclaim", "--json").out)
    answers = {finding["asked"]: finding for finding in ran["findings"]}
    assert answers["can deadlock"]["holds"] is True
    assert answers["every fair run ends"]["holds"] is False
    assert answers["can deadlock"]["steps"][-1] == "server thread 1 runs short of memory and reclaims"
    safe = json.loads(here(capsys, "models", "run", "reclaim", "--set", "tmp=yes", "--json").out)
    assert [finding["holds"] for finding in safe["findings"][:2]] == [False, True]


def test_models_run_shows_where_a_run_goes_round(capsys: Capture) -> None:
    words = ["--set", "policy=eagain", "--set", "malicious=true"]
    assert "then over and over:" in here(capsys, "models", "run", "offline", *words).out


def test_models_promela_prints_the_system_with_its_setting(capsys: Capture) -> None:
    text = here(capsys, "models", "promela", "reclaim", "--set", "threads=2").out
    assert "actor_server_thread_2" in text
    assert "ltl ends" in text
    assert "assert(false)" in here(capsys, "models", "promela", "reclaim", "--deadlock").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "reclaims"), "no model has this name; did you mean reclaim?"),
        (("run", "timeouts"), "runs in simulated time and has no states to explore"),
        (("run", "reclaim", "--set", "thread=1"), "is no parameter of this model; parameters are threads"),
        (("run", "reclaim", "--set", "threads=many"), "threads is 'many'; write a number from 1 to 6"),
        (("run", "reclaim", "--set", "threads=9"), "threads is 9; write a number from 1 to 6"),
        (("promela", "sync", "--set", "design=hope"), "choices are tmp, wait, skip, abort"),
        (("run", "callsite", "--set", "mode=MIGRATE_SYNC"), "demote_folio_list does not pass MIGRATE_SYNC"),
    ],
)
def test_models_names_what_exists_when_something_does_not(capsys: Capture, words: tuple[str, ...], said: str) -> None:
    done = here(capsys, "models", *words)
    assert said in done.err
    assert done.code in (1, 2)
    assert not done.out
