"""A database that is busy: 503 with a sentence that is true, in the reader's language."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from zoco import ledger
from zoco.campaigns.models import Campaign
from zoco.project.health import requests
from zoco.project.serving import busy
from zoco.project.tests import busy_pages
from zoco.project.tests.busy_pages import TABLES, after_request
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site
from zoco.trials.tests.test_busy import hurried, locked

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
UNCHANGED = (
    "Nothing was changed. Send it again in a few seconds: reload this page, or go back, where what you typed "
    "still stands."
)
PART = "Part of it may have been kept. Go back and look at what is there before you send it again."


@pytest.fixture
def asked(settings: Settings) -> Iterator[Client]:
    """Give these pages, and a browser that has a session."""
    settings.ROOT_URLCONF = busy_pages.__name__
    settings.MIDDLEWARE = [
        "zoco.project.health.requests.Measured",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "zoco.project.serving.busy.Watched",
    ]
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.session["begun"] = "yes"
    client.session.save()
    with hurried(), after_request:
        yield client


def names() -> list[str]:
    return list(
        Group.objects.filter(name__in=["first", "second"]).order_by("pk").values_list("name", flat=True)
    )


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "The database is busy"),
        ("es", "La base de datos está ocupada"),
        ("ru", "База данных занята"),
        ("zh-hans", "数据库正忙"),
    ],
)
def test_a_form_of_the_product_is_sent_again_when_the_database_has_time(language: str, heading: str) -> None:
    site = Site.objects.create(slug="shop", name="Shop")
    marketer = client_of("marketer")
    marketer.raise_request_exception = False
    marketer.get("/admin/campaigns/")  # who is there for the first time is written down
    given = {"name": "Spring", "code": "spring", "goal": "", "budget": "500", "note": "", "site": site.pk}
    headers = {"accept-language": language}

    with hurried(), locked("zoco_campaigns_campaign"):
        answer = marketer.post("/admin/campaigns/new/", given, headers=headers)
        shown = marketer.get("/admin/campaigns/", headers=headers)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert (answer.headers["Content-Language"], f"<h1>{heading}</h1>" in body(answer)) == (language, True)
    assert (UNCHANGED in body(answer)) == (language == "en")
    assert shown.status_code == 200
    assert not Campaign.objects.exists()
    assert marketer.post("/admin/campaigns/new/", given).status_code == 302
    assert Campaign.objects.get().code == "spring"


def test_what_was_not_changed_is_said_with_its_reason(
    asked: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with locked(*TABLES), caplog.at_level(logging.WARNING):
        answer = asked.post("/whole", {"name": "Ana"})

    assert (answer.status_code, UNCHANGED in body(answer), names()) == (503, True, [])
    assert [(each.levelname, each.getMessage(), each.exc_info) for each in caplog.records] == [
        ("WARNING", "The database is busy. reason=locked method=POST path=/whole unchanged=True", None)
    ]
    assert asked.post("/whole").content == b"kept"


@pytest.mark.parametrize(
    ("page", "words", "kept"),
    [
        ("in_parts", PART, ["first"]),
        ("rolled_back", UNCHANGED, []),
        ("remembered", PART, ["first"]),
        ("commit_lost", PART, ["first"]),
        ("insert_lost", PART, ["first"]),
        ("lost_before_commit", UNCHANGED, []),
    ],
)
def test_what_stays_of_a_form_is_not_denied(asked: Client, page: str, words: str, kept: list[str]) -> None:
    answer = asked.post(f"/{page}")
    after_request.close()

    assert (answer.status_code, words in body(answer)) == (503, True)
    assert names() == kept


def test_a_page_is_opened_again(asked: Client) -> None:
    answer = asked.get("/in_parts")

    assert answer.status_code == 503
    assert "Nothing is lost. Open this page again in a few seconds." in body(answer)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("whole", "Nothing was changed; send the same again in a few seconds."),
        ("in_parts", "Part of this may have been kept: look before you send it again."),
        ("commit_lost", "Part of this may have been kept: look before you send it again."),
    ],
)
def test_a_program_is_told_in_the_shape_of_every_refusal(asked: Client, page: str, said: str) -> None:
    with ExitStack() as held:
        if page == "whole":
            held.enter_context(locked(*TABLES))
        answer = asked.post(f"/api/{page}")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json() == {"error": {"code": "busy", "message": f"The database is busy. {said}"}}


def test_a_program_is_told_so_also_below_a_prefix(asked: Client) -> None:
    with locked(*TABLES):
        answer = asked.post("/api/whole", SCRIPT_NAME="/below")

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")


def test_the_script_of_a_form_is_told_what_it_shows_beside_what_was_typed(asked: Client) -> None:
    with locked(*TABLES):
        answer = asked.post("/whole", headers={"accept": "application/json"})

    assert answer.status_code == 503
    assert (answer.json()["state"], answer.json()["words"]) == ("later", UNCHANGED)


def test_a_server_that_does_not_answer_is_away_for_a_moment(
    asked: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Any] = []
    monkeypatch.setattr(requests.Measured, "_count", lambda self, *given: counted.append(given))

    answer = asked.post("/away")

    assert (answer.status_code, UNCHANGED in body(answer)) == (503, True)
    assert "reason=away" in caplog.text
    assert [(status, busy) for status, _seconds, busy in counted] == [("503", "away")]


def test_a_conflict_with_oneself_is_logged_with_its_traceback(
    asked: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = asked.post("/own")

    assert answer.status_code == 503
    assert "reason=locked" in caplog.text
    assert 'first.execute("DROP TABLE word")' in caplog.text


def test_many_savepoints_are_not_searched_at_each_write(asked: Client) -> None:
    class Counted(list[Any]):
        searches = 0

        def __iter__(self) -> Iterator[Any]:
            Counted.searches += 1
            return super().__iter__()

    watch = busy.Watch()
    with watch.over(connection):
        with transaction.atomic():
            with transaction.atomic():
                Group.objects.create(name="gone")
                transaction.set_rollback(True)
            assert connection.run_on_commit == []
            connection.run_on_commit = Counted()
            for number in range(50):
                with transaction.atomic():
                    Group.objects.create(name=str(number))
            Group.objects.create(name="first")
            Group.objects.create(name="second")
            assert (len(connection.run_on_commit), Counted.searches) == (51, 1)
            transaction.set_rollback(True)
        assert not watch.may_have_changed

        with transaction.atomic():
            Group.objects.create(name="first")
        assert watch.may_have_changed
    assert "commit" not in vars(connection)


def test_the_script_that_uploads_shows_the_sentence(asked: Client) -> None:
    with locked(*TABLES):
        answer = asked.post("/whole", headers={"accept": "application/json"})
    script = (Path(ledger.__file__).parent / "static/zoco/ledger/upload.js").read_text()

    assert answer.json()["error"]["message"] == UNCHANGED
    assert script.count("wrong(found.error?.message ?? found.error)") == script.count("wrong(found.") == 2


def test_what_asking_again_does_not_heal_is_an_error_as_before(asked: Client) -> None:
    answer = asked.post("/broken")

    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
