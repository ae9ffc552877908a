"""What is wrong with an address or a filter: said at its field, and in the reader's language."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from zoco.ledger.store.base import Store
from zoco.ledger.store.duckdb.socket.wire import QueryTooSlow
from zoco.ledger.tests.reports.made import PERIOD
from zoco.ledger.views.problems import problem_of
from zoco.monitor.services import goal_create
from zoco.monitor.tests.sharing.conftest import ana, shared, site, store, stranger
from zoco.sites.models import Site

__all__ = ["ana", "site", "store", "stranger"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
PAGES = "/admin/ledger/reports/pages/"


@pytest.fixture
def client(ana: User, site: Site, store: Store) -> Client:
    goal_create(site=site.pk, name="Sign up", kind="page", pattern="/a")
    made = Client(headers={"accept-language": "en"})
    made.force_login(ana)
    return made


@pytest.mark.parametrize(
    ("page", "column", "operator", "value", "words"),
    [
        (
            PAGES,
            "goal",
            "contains",
            "Sign",
            "f.goal is the name of a goal; write f.goal=Name or f.goal!=Name.",
        ),
        (
            "/admin/ledger/reports/overview/traffic/",
            "goal",
            "is",
            "Order",
            "There is no goal 'Order'; there are: Sign up.",
        ),
        (
            "/admin/ledger/reports/facts/",
            "status",
            "is",
            "abc",
            "f.status is 'abc'; write a number such as 404.",
        ),
        (PAGES, "status", "starts", "4", "f.status is a number; write f.status=404 or f.status!=404."),
    ],
)
def test_what_is_no_filter_stays_in_the_form_with_a_sentence(
    client: Client, page: str, column: str, operator: str, value: str, words: str
) -> None:
    asked = f"period={PERIOD}&f.country=ES&column={column}&operator={operator}&value={value}"

    answer = client.get(f"{page}?{asked}")
    shown = unescape(answer.content.decode())

    assert answer.status_code == 200
    assert "<b>Spain</b>" in shown
    assert f'<p class="note" id="z-wrong" role="alert">{words}</p>' in shown
    assert re.search(
        rf'value="{re.escape(value)}" list="z-values" [^>]*aria-invalid="true" aria-describedby="z-wrong"',
        shown,
    )
    assert f'<option value="{column}" selected>' in shown
    assert f'<option value="{operator}" selected>' in shown
    assert "column=" not in shown


def test_a_goal_is_found_whatever_its_capitals(client: Client) -> None:
    answer = client.get(f"{PAGES}?period={PERIOD}&column=goal&operator=is&value=SIGN UP", follow=True)
    shown = unescape(answer.content.decode())

    assert answer.status_code == 200
    assert "<b>Sign up</b>" in shown
    assert '<datalist id="z-values"><option value="Sign up"></option></datalist>' in shown


def test_strangers_are_told_at_the_field_and_no_goals(site: Site, ana: User, stranger: Client) -> None:
    goal_create(site=site.pk, name="Sign up", kind="page", pattern="/a")
    _, address = shared(site, ana)

    answer = stranger.get(f"{address}pages/?column=goal&operator=is&value=x")
    shown = unescape(answer.content.decode())

    assert answer.status_code == 200
    assert 'role="alert">Here a filter is a column and one value; there are: ' in shown
    assert "Sign up" not in shown


WRONG = (
    "period=soon",
    "period=2026-03-30..2026-03-28",
    "period=0001-01-01",
    "period=1980-01-01..2020-01-01",
    "compare=x",
    "verdicts=x",
    "order=x",
    "page=x",
    "grain2=x",
    "f.x=1",
    "f.path!!=1",
    "f.status=x",
    "f.status~=4",
    "f.goal=x",
    "f.goal~=x",
    "from=2026-03-28",
    "site=other",
)


def test_what_exactly_is_wrong_is_said_in_the_language_of_the_reader(client: Client) -> None:
    for query in WRONG:
        api = client.get(f"/api/v1/reports/pages?{query}", headers={"accept-language": "es"})
        english = str(api.json().get("error", {}).get("message", "-"))

        answer = client.get(f"{PAGES}?{query}", headers={"accept-language": "es"})
        shown = unescape(answer.content.decode())

        assert answer.status_code in (400, 404), query
        assert '<pre lang="en">' not in shown, query
        assert "<pre>" in shown, query
        assert english not in shown, query


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "'soon' is no period; write it as 2015-05-17..2015-05-20."),
        ("es", "'soon' no es un periodo; escríbalo así: 2015-05-17..2015-05-20."),
        ("ru", "'soon' — не период; напишите его так: 2015-05-17..2015-05-20."),
        ("zh-hans", "'soon' 不是时段；请写成 2015-05-17..2015-05-20。"),
    ],
)
def test_pages_say_it_in_four_languages_and_the_api_in_english(
    client: Client, language: str, words: str
) -> None:
    page = client.get(f"{PAGES}?period=soon", headers={"accept-language": language})
    api = client.get("/api/v1/reports/pages?period=soon", headers={"accept-language": language})

    assert f"<pre>{words}</pre>" in unescape(page.content.decode())
    assert api.json()["error"] == {
        "code": "question_wrong",
        "message": "'soon' is no period; write it as 2015-05-17..2015-05-20.",
    }


def test_a_question_that_takes_too_long_is_told_in_words() -> None:
    problem = problem_of(QueryTooSlow("The query took longer than 30 s and was stopped."))

    with override("es"):
        told = str(problem.title)

    assert (problem.status, told, problem.shows_detail) == (503, "Esta pregunta tarda demasiado", False)
