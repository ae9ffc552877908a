"""Forms that are sent far too much, or while others write: to refuse is cheap, and ends in no error."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from zoco.consent.signup import counting
from zoco.consent.signup.models import Form
from zoco.consent.tests.test_signup import (  # noqa: F401 - the fixtures are used by themselves
    OTHER,
    SHOP,
    counted,
    form,
    paced,
    sent,
    worked,
)
from zoco.kit.floods import counting as flooded
from zoco.trials.tests.test_busy import locked, waits


def writes(form: Form, origin: str, count: int) -> int:  # noqa: F811
    """Send nothing often; return how many statements wrote into the database."""
    client = Client(headers={"origin": origin, "accept": "application/json"})
    with CaptureQueriesContext(connection) as asked:
        for _again in range(count):
            assert client.post(f"/f/{form.key}").status_code < 500
    return sum(each["sql"].startswith(("INSERT", "UPDATE")) for each in asked)


@pytest.mark.django_db
@pytest.mark.parametrize(("origin", "is_on"), [(SHOP, True), (OTHER, True), (SHOP, False)])
def test_to_refuse_what_comes_too_often_writes_less_than_to_take_it(
    form: Form, origin: str, is_on: bool, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    monkeypatch.setenv("ZOCO_FORMS_PER_MINUTE", "2")
    Form.objects.update(is_on=is_on)
    writes(form, origin, 2)

    assert writes(form, origin, 1) > 0
    assert writes(form, origin, 50) == 0
    assert counted(form)["pace"] == 1
    now = flooded.HELD_SECONDS
    assert writes(form, origin, 1) == 1
    assert counted(form)["pace"] == 52


@pytest.mark.django_db
def test_what_was_held_is_counted_with_whoever_comes_next_from_another_line(
    form: Form, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    monkeypatch.setenv("ZOCO_FORMS_PER_MINUTE", "1")
    writes(form, SHOP, 5)
    now = flooded.HELD_SECONDS

    Client(REMOTE_ADDR="192.0.2.9").post(f"/f/{form.key}", headers={"origin": SHOP})

    assert counted(form) == {"fields": 2, "pace": 4}


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/f/{key}", "/f/{key}/fields"])
def test_what_was_held_at_the_end_of_a_flood_is_counted_when_somebody_looks_at_the_form(
    form: Form, page: str, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    monkeypatch.setenv("ZOCO_FORMS_PER_MINUTE", "1")
    writes(form, SHOP, 5)
    before = counted(form)
    now = flooded.HELD_SECONDS

    shown = Client().get(page.format(key=form.key))

    assert shown.status_code == 200
    assert before == {"fields": 1, "pace": 1}
    assert counted(form) == {"fields": 1, "pace": 4}


@pytest.mark.django_db
def test_a_foreign_page_uses_up_no_sign_ups_of_the_line(
    form: Form, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    monkeypatch.setenv("ZOCO_FORMS_PER_MINUTE", "1")
    writes(form, OTHER, 3)

    assert sent(form, worked(form)).json()["state"] == "taken"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_busy_database_is_no_error_and_what_was_refused_is_counted_later(
    form: Form, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    now = 0.0
    monkeypatch.setattr(counting.held, "clock", lambda: now)
    monkeypatch.setattr(flooded, "WAIT_SECONDS", 0.05)
    usual = waits()

    with locked("zoco_consent_formday"):
        assert sent(form, {"email": "no address"}).status_code == 422
        assert sent(form, {}, OTHER).status_code == 403

    assert waits() == usual
    assert counted(form) == {}
    assert sent(form, {"email": "no address"}).status_code == 422
    assert counted(form) == {}, "it is left alone for a minute"
    now = flooded.HELD_SECONDS
    assert sent(form, {"email": "no address"}).status_code == 422
    assert counted(form) == {"fields": 3, "page": 1}
