"""What somebody who writes a filter is offered: what occurs, in his words, of his site."""

from typing import Any

import pytest
from django.utils import translation

from zoco.ledger.tests.showing import view

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(site: Any) -> Any:
    for path, times in (("/tea/green", 3), ("/tea/black", 2), ("/cake", 4)):
        for _each in range(times):
            view(site, path, channel="direct")
    view(site, "/tea/bots", verdict="bot")
    other = type(site).objects.create(slug="other", name="Other")
    view(other, "/tea/elsewhere")
    return site


def offered(reader: Any, of: str, text: str = "", language: str = "en", **more: str) -> list[str]:
    asked = {"site": "main", "period": "2026-03-02", "of": of, "with": text} | more
    answer = reader.get("/reports/values/", asked, headers={"accept-language": language})
    assert answer.status_code == 200
    return [each.split('"')[0] for each in answer.content.decode().split('value="')[1:]]


def test_values_that_occur_are_offered_the_commonest_first(seen: Any, reader: Any) -> None:
    assert offered(reader, "path") == ["/cake", "/tea/green", "/tea/black"]
    assert offered(reader, "path", "TEA") == ["/tea/green", "/tea/black"]
    assert offered(reader, "path", verdicts="bots") == ["/tea/bots"]
    assert offered(reader, "path", period="2026-03-03") == []
    assert offered(reader, "path", "%") == offered(reader, "city") == offered(reader, "no_such") == []


def test_what_has_words_is_offered_in_the_readers_language(seen: Any, reader: Any) -> None:
    assert offered(reader, "country", "spa") == ["Spain"]
    assert offered(reader, "channel") == ["Direct"]
    with translation.override("en"):  # what the request turns on ends here
        assert offered(reader, "country", "espa", language="es") == ["España"]


def test_no_more_than_twenty_are_offered(site: Any, reader: Any) -> None:
    for number in range(25):
        view(site, f"/{number:02}")

    assert offered(reader, "path") == [f"/{number:02}" for number in range(20)]


def test_whoever_may_see_no_reports_is_offered_nothing(
    seen: Any, client: Any, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("eva"))

    assert client.get("/reports/values/?of=path&site=main&period=2026-03-02").status_code == 403
