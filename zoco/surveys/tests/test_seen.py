"""That somebody saw a survey: told with a ticket of his own, counted once, refused with a reason."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.people.models import Person
from zoco.project.tests.readers import body, client_of
from zoco.surveys.facts import SHOWN, fact_shown
from zoco.surveys.models import Response, Survey
from zoco.surveys.services import survey_close
from zoco.surveys.taking import tickets
from zoco.surveys.taking.counting import OUTCOMES
from zoco.surveys.taking.tickets import Browsers, TicketWrong, ticket_check, ticket_make
from zoco.surveys.taking.tokens import token_make
from zoco.surveys.tests.made import AT, OTHER, SHOP, counted, survey_running
from zoco.surveys.tests.test_taking import told

pytestmark = pytest.mark.django_db


def posted(survey: Survey, given: dict[str, str], agent: str = "Firefox/1", origin: str = SHOP) -> Any:
    headers = {"origin": origin, "user-agent": agent}
    return Client(enforce_csrf_checks=True).post(f"/survey/{survey.key}/shown", given, headers=headers)


def ticket(survey: Survey, agent: str = "Firefox/1", **given: str) -> str:
    return str(posted(survey, given, agent).json()["ticket"])


def seen(survey: Survey, agent: str = "Firefox/1", **given: str) -> int:
    answer: int = posted(survey, {"way": "page", **given}, agent).status_code
    return answer


def test_a_survey_that_was_seen_is_told_of_whom(survey: Survey) -> None:
    ana = Person.objects.create(created_at=AT, changed_at=AT)
    token = token_make(survey=survey.pk, person=ana, on=timezone.now().date())

    assert seen(survey, way="block", language="es", ticket=ticket(survey)) == 204
    assert seen(survey, t=token) == 204

    facts = told(SHOWN)
    assert [(each["props"]["way"], each["language"], bool(each.get("visitor"))) for each in facts] == [
        ("block", "es", True), ("letter", "en", False),
    ]  # fmt: skip
    assert facts[1]["person"] == ana.number
    assert facts[1]["channel"] == "email"
    assert len({each["id"] for each in facts}) == 2
    assert counted(survey) == {}
    assert Client().get(f"/survey/{survey.key}/shown").status_code == 405
    assert Client().post("/survey/gone/shown").status_code == 404


def test_a_page_of_the_site_reads_its_ticket_and_no_other_page_gets_one(survey: Survey) -> None:
    own, other = posted(survey, {}), posted(survey, {}, origin=OTHER)

    assert own["Access-Control-Allow-Origin"] == SHOP
    assert "no-store" in own["Cache-Control"]
    assert (other.status_code, other.content, "Access-Control-Allow-Origin" in other) == (204, b"", False)
    assert told(SHOWN) == [], "who asks for a ticket has told nothing yet"


def test_tickets_of_others_forged_ones_and_old_ones_count_nothing_and_it_is_said(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = ticket(survey)
    other = ticket(survey_running(key="other"))
    second, signature = mine.split(".")

    assert seen(survey, "Firefox/2", ticket=mine) == 204
    for each in (other, f"{int(second) + 1}.{signature}", "forged", "9.é", f"{second}.{'A' * 22}"):
        assert seen(survey, ticket=each) == 204
    assert seen(survey, t="forged") == 204
    monkeypatch.setattr(tickets, "HOLDS", timedelta(seconds=-1))
    assert seen(survey, ticket=mine) == 204

    assert told(SHOWN) == []
    assert counted(survey) == {"seen_forged": 8}


def test_one_who_tells_it_ten_times_with_one_ticket_is_one(survey: Survey) -> None:
    mine = ticket(survey)

    for _again in range(10):
        assert seen(survey, ticket=mine) == 204

    facts = told(SHOWN)
    assert len({each["visitor"] for each in facts}) == 1
    assert len({each["id"] for each in facts}) <= 2, "a quarter of an hour may end meanwhile"


def test_one_line_is_not_more_browsers_than_are_counted_in_a_day(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "100")
    monkeypatch.setenv("ZOCO_SURVEYS_SEEN_PER_DAY", "3")

    for number in range(10):
        answer = posted(survey, {"visitor": f"{number}" * 22}, f"Firefox/{number}")
        if answer.status_code == 200:
            seen(survey, f"Firefox/{number}", visitor=f"{number}" * 22, ticket=answer.json()["ticket"])
    assert ticket(survey, "Firefox/0", visitor="0" * 22), "who was one of them stays so"

    assert len({each["visitor"] for each in told(SHOWN)}) == 3
    assert counted(survey) == {"seen_day": 7}


def test_what_was_refused_stands_on_the_page_of_the_survey(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_SURVEYS_SEEN_PER_DAY", "1")
    ticket(survey)
    seen(survey, "Firefox/2")
    seen(survey, ticket="forged")
    posted(survey, {}, origin=OTHER)
    monkeypatch.setenv("ZOCO_SURVEYS_PER_MINUTE", "1")
    seen(survey)
    survey_close(survey=survey.pk, at=timezone.now())
    seen(survey)

    assert counted(survey) == {"seen_day": 1, "seen_forged": 1, "seen_page": 1, "seen_pace": 1}
    page = body(client_of("analyst").get(f"/admin/surveys/{survey.pk}/"))
    for outcome in counted(survey):
        assert str(OUTCOMES[outcome]) in page


def test_a_ticket_holds_for_ten_minutes_and_hides_whose_it_is(survey: Survey) -> None:
    made = ticket_make(survey=survey.pk, who="v81234567", at=AT)

    def check(minutes: float, who: str = "v81234567") -> None:
        ticket_check(made, survey=survey.pk, who=who, at=AT + timedelta(minutes=minutes))

    check(0)
    check(10)
    for minutes, who in ((10.1, "v81234567"), (-1.1, "v81234567"), (0, "v8123456"), (0, "k81234567")):
        with pytest.raises(TicketWrong):
            check(minutes, who)
    assert "81234567" not in made


def test_lines_are_forgotten_after_a_day_and_the_oldest_where_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    browsers = Browsers(clock=lambda: now)
    monkeypatch.setattr(tickets, "REMEMBERED_MOST", 4)

    assert [browsers.lets("a", who, 2) for who in ("1", "2", "3", "1")] == [True, True, False, True]
    now = tickets.DAY_SECONDS
    assert browsers.lets("a", "3", 2), "another day"
    assert [browsers.lets(line, "1", 1) for line in ("b", "c", "d", "e")] == [True] * 4
    assert [browsers.lets(line, "2", 1) for line in ("b", "c", "d", "e")] == [False] * 4
    assert browsers.lets("a", "4", 1), "it was the oldest and began anew"
    assert browsers.lets("b", "2", 1), "which left no place for the next"
    assert not browsers.lets("a", "5", 1)


def test_somebody_with_a_large_network_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    most, lines = tickets.REMEMBERED_MOST // 20, tickets.REMEMBERED_MOST // 10
    monkeypatch.setattr(tickets, "REMEMBERED_MOST", most)
    browsers = Browsers()

    tracemalloc.start()
    for number in range(lines):
        assert browsers.lets(f"1 2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::", f"v{number:020d}", 100)
    used, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used * 20 < 32_000_000


def test_who_tells_again_and_again_that_he_saw_a_survey_adds_nothing(survey: Survey) -> None:
    def ids(visitor: int, *minutes: int) -> set[str]:
        seen = [datetime(2026, 11, 30, 12, minute, tzinfo=UTC) for minute in minutes]
        each = [Response(survey=survey, at=at, way="page", language="en", visitor=visitor) for at in seen]
        return {fact_shown(survey, response, 0).id for response in each}

    assert len(ids(7, 0, 1, 14)) == 1
    assert len(ids(7, 14, 15)) == 2
    assert ids(7, 0).isdisjoint(ids(8, 0))
