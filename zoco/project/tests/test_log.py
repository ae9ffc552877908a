"""The log: a request that is refused is one line."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from zoco.project.log import Refusals


def fail(request: HttpRequest) -> HttpResponse:
    """Fail by our own fault."""
    raise ValueError("on purpose")


def suspect(request: HttpRequest) -> HttpResponse:
    """Refuse what a client sent."""
    raise SuspiciousOperation("far too odd")


def wrong(request: HttpRequest) -> HttpResponse:
    """Answer that the request makes no sense."""
    return HttpResponse(status=400)


urlpatterns = [path("fail", fail), path("suspect", suspect), path("wrong", wrong)]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Return what the handler of the project's settings writes."""
    handler = next(
        one for one in logging.getLogger().handlers if any(isinstance(f, Refusals) for f in one.filters)
    )
    assert isinstance(handler, logging.StreamHandler)
    text = io.StringIO()
    before = handler.setStream(text)
    yield text
    handler.setStream(before)


@pytest.mark.parametrize("host", ["evil.example", "a b", "..", "x" * 300])
@pytest.mark.parametrize("address", ["/admin/", "/", "/api/reports"])
@pytest.mark.django_db
def test_wrong_host_is_one_line(written: io.StringIO, host: str, address: str) -> None:
    answer = Client().get(address, headers={"host": host})

    assert answer.status_code == 400
    [line] = written.getvalue().splitlines()
    assert "django.security.DisallowedHost" in line
    assert "Traceback" not in line


@override_settings(ROOT_URLCONF="zoco.project.tests.test_log", ALLOWED_HOSTS=["testserver"])
def test_other_suspicious_requests_are_one_line_and_our_faults_keep_their_traceback(
    written: io.StringIO,
) -> None:
    client = Client(raise_request_exception=False)

    assert client.get("/suspect").status_code == 400
    [line] = written.getvalue().splitlines()
    assert line.endswith("django.security.SuspiciousOperation far too odd")

    assert client.get("/wrong").status_code == 400
    assert written.getvalue().splitlines()[1].endswith("django.request Bad Request: /wrong")
    assert client.get("/fail").status_code == 500
    assert "ValueError: on purpose" in written.getvalue()
