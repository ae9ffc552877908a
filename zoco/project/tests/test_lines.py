"""Lines of the log: JSON with fields, a request's id, and nothing that could let somebody in."""

import json
import logging
import time
from traceback import format_exception
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from zoco.project import log
from zoco.project.health.lines import JsonLine, Line, masked, request_id, traced
from zoco.project.health.requests import Measured


def _record(text: Any, *given: object, name: str = "zoco.one", trace: Any = None) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, text, given, trace)


def _json(record: logging.LogRecord) -> dict[str, Any]:
    line = JsonLine("web-1").format(record)
    assert "\n" not in line
    read: dict[str, Any] = json.loads(line)
    return read


def test_pairs_become_fields() -> None:
    read = _json(_record("Task given up: its worker died %s times. task=%s deaths=%s", 3, "a-1", 3))

    assert read["message"] == "Task given up: its worker died 3 times."
    assert read["fields"] == {"task": "a-1", "deaths": 3}
    assert (read["level"], read["process"], read["logger"]) == ("WARNING", "web-1", "zoco.one")
    assert read["time"].endswith("+00:00")


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("100%% sure of %s", ("it",), "100% sure of it"),
        ("No pairs", (), "No pairs"),
        ("%s and %s", ("one", "two"), "one and two"),
        (ValueError("odd"), (), "odd"),
    ],
)
def test_other_messages_are_whole_sentences(text: Any, given: tuple[object, ...], said: str) -> None:
    read = _json(_record(text, *given))

    assert read["message"] == said
    assert "fields" not in read


def test_error_has_its_trace_on_the_same_line() -> None:
    try:
        int("no")
    except ValueError as error:
        record = _record("Failed. key=%s", "a", trace=(ValueError, error, error.__traceback__))

    assert _json(record)["trace"].endswith("ValueError: invalid literal for int() with base 10: 'no'")


def test_trace_names_nobody() -> None:
    said = (
        'duplicate key value violates unique constraint "one_person"\n'
        "DETAIL:  Failing row contains (7, email, ana@honey.example,\nGil, +34 600).\n"
    )
    error = ValueError(f"<bo@honey.example> of {'x' * 20}: {said}")
    error.__cause__ = RuntimeError(said)
    trace: Any = (ValueError, error, None)

    for line in (
        Line("web-1").format(_record("Failed.", trace=trace)),
        traced("".join(format_exception(*trace))),
    ):
        assert not any(each in line for each in ("honey.example", "Gil", "+34"))
        assert 'violates unique constraint "one_person"' in line
        assert line.count("DETAIL: …") == 2
    began = time.perf_counter()
    traced("x" * 200_000 + "DETAIL: " * 20_000)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/about-us/our-wonderful-company-and-people/", "/about-us/our-wonderful-company-and-people/"),
        ("/a?token=secret", "/a"),
        (
            "/admin/password_reset/confirm/MQ/cxyz12-0a1b2c3d4e5f60718293a4b5c6d7e8f9/",
            "/admin/password_reset/confirm/MQ/…/",
        ),
        ("/unsubscribe/ana@honey.example/", "/unsubscribe/…/"),
        ("/s/Zk3v9Q1x7B2mN8pL4tR6/", "/s/…/"),
    ],
)
def test_paths_are_masked(path: str, kept: str) -> None:
    assert masked(path) == kept
    for formatter in (Line("web-1"), JsonLine("web-1")):
        line = formatter.format(_record("Not Found: %s", path, name="django.request"))
        assert kept in line
        assert "secret" not in line
        assert "0a1b2c3d" not in line


def test_request_has_one_id_in_its_lines_and_its_answer() -> None:
    seen = []

    def view(request: Any) -> HttpResponse:
        seen.append(_json(_record("Here."))["request"])
        return HttpResponse()

    first = Measured(view)(RequestFactory().get("/", headers={"x-request-id": "from-proxy-1"}))
    second = Measured(view)(RequestFactory().get("/", headers={"x-request-id": "a b\nc"}))

    assert seen == [first.headers["X-Request-Id"], second.headers["X-Request-Id"]]
    assert seen[0] == "from-proxy-1"
    assert len(seen[1]) == 16
    assert request_id.get() == ""


@pytest.mark.django_db
def test_requests_are_logged_without_query_when_asked(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.INFO, logger="zoco.project.health.requests"):
        Client().get("/readyz?token=secret")
        assert "Answered." not in caplog.text
        monkeypatch.setenv("ZOCO_LOG_REQUESTS", "1")
        Client().get("/readyz?token=secret")

    assert "Answered. method=GET path=/readyz status=" in caplog.text
    assert "secret" not in caplog.text


def test_setting_chooses_the_format(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    assert log.config(tmp_path, "INFO")["formatters"]["line"]["()"] is Line

    monkeypatch.setenv("ZOCO_LOG_FORMAT", "json")

    assert log.config(tmp_path, "INFO")["formatters"]["line"]["()"] is JsonLine


@pytest.mark.parametrize("letters", ["a", "1", "a1", "-", "@", "a@", "%2", "a.", " ", "1" * 11 + "."])
def test_long_address_costs_no_more_than_its_length(letters: str) -> None:
    text = "Not Found: /" + letters * (200_000 // len(letters)) + "!"
    began = time.process_time()

    masked(text)

    assert time.process_time() - began < 2
