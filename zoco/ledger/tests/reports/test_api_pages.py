"""The API answers what the dashboard answers: the same question, the same rows, figures and pages."""

import json
import re
from datetime import datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from zoco.ledger.pictures.figures import figure_text
from zoco.ledger.pictures.labels import bucket_label, value_label
from zoco.ledger.report import Measure, Report, report_named, reports_all
from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD

pytestmark = pytest.mark.markup

BASE = reverse("zoco_api:sites").removesuffix("/v1/sites")
QUESTIONS: list[dict[str, str]] = [
    {"period": PERIOD, "compare": "before", "size": "2", "page": "1"},
    {"period": PERIOD, "compare": "none", "f.browser": "Safari", "f.path!": "/a"},
    {"period": "2026-03-28", "compare": "year", "verdicts": "all", "size": "1", "page": "2"},
    {"period": "2026-03-01..2026-03-31", "verdicts": "bots", "f.path^": "/"},
]


@pytest.fixture
def client(db: None, store: Store) -> Client:
    user = get_user_model().objects.create_user("ana", password="x")
    wanted = {each.permission.partition(".")[2] for each in reports_all() if each.permission}
    user.user_permissions.add(*Permission.objects.filter(codename__in={"view_reports", *wanted}))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def text(html: str) -> str:
    """Return what a reader sees of a piece of HTML."""
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def shown(page: str) -> list[tuple[list[str], list[str]]]:
    """Return the names and figures of each row of a page's table."""
    body = re.search(r'<tbody role="rowgroup">(.*?)</tbody>', page, re.DOTALL)
    found = []
    for row in re.findall(r'<tr role="row">(.*?)</tr>', body.group(1) if body else "", re.DOTALL):
        head = re.search(r"<th[^>]*>(.*?)</th>", row, re.DOTALL)
        assert head is not None
        name = text(
            re.sub(r'<span class="note">.*?</span>|<svg.*?</svg>', "", head.group(1), flags=re.DOTALL)
        )
        others = [
            text(each) for each in re.findall(r'<td role="cell" class="text"[^>]*>(.*?)</td>', row, re.DOTALL)
        ]
        figures = re.findall(r'<td role="cell" class="num" [^>]*>(.*?)</td>', row, re.DOTALL)
        found.append(([name, *others], [text(each) for each in figures]))
    return found


def expected(report: Report, answer: dict[str, Any]) -> list[tuple[list[str], list[str]]]:
    """Return the same of an answer of the API, written as a page writes it."""
    about = answer["report"]
    measures = [Measure(each["name"], each["label"], each["unit"]) for each in about["measures"]]
    names = [each for each in about["dimensions"] if each["kind"] != "bucket" or report.picture != "curve"]
    rows = answer["rows"]
    if report.picture == "curve":
        first = (answer["page"] - 1) * answer["size"]
        rows = rows[first : first + answer["size"]]
    return [
        (
            [_named(report, each, row["key"][each["name"]]) for each in names],
            [
                figure_text(_figure(row["values"][each.name], each), each, answer["site"]["currency"])
                for each in measures
            ],
        )
        for row in rows
    ]


def _named(report: Report, dimension: dict[str, Any], value: Any) -> str:
    if dimension["kind"] == "bucket":
        return bucket_label(datetime.fromisoformat(value), str(report.defaults()["grain"]), whole=True)
    return value_label(dimension["filter"] or dimension["name"], dimension["kind"], value)


def _figure(value: Any, measure: Measure) -> Any:
    """Return a figure of the API; it writes sums of money as text, which loses nothing."""
    return Decimal(value) if measure.unit == "money" and value is not None else value


@pytest.mark.parametrize("key", [report.key for report in reports_all()])
def test_page_and_api_give_the_same(client: Client, key: str) -> None:
    report = report_named(key)
    # Each report is asked the first, and one of the others in turn: what they ask for is of no report.
    turn = 1 + [each.key for each in reports_all()].index(key) % (len(QUESTIONS) - 1)
    for question in (QUESTIONS[0], QUESTIONS[turn]):
        answer = json.loads(client.get(f"{BASE}/v1/reports/{key}", question).content)
        response = client.get(reverse("zoco_ledger:report", args=[key]), question)
        page = response.content.decode()
        if response.status_code == 302:  # there are fewer pages; the reader is led to the last
            assert answer["pages"] < answer["page"]
            continue
        written = shown(page)
        wanted = expected(report, answer)
        assert [figures for _, figures in written] == [figures for _, figures in wanted], question
        if report.picture != "curve":
            assert [names for names, _ in written] == [names for names, _ in wanted], question


def test_who_is_here_now_as_the_page_says_it(client: Client) -> None:
    found = json.loads(client.get(f"{BASE}/v1/now", {"f.country": "ES"}).content)
    page = client.get(reverse("zoco_ledger:now"), {"f.country": "ES"}).content.decode()

    assert (found["people"], found["minutes"], found["site"]["slug"]) == (0, 5, "shop")
    assert page == "0 people now"
    assert client.get(f"{BASE}/v1/now", {"period": "30d"}).status_code == 422
    assert client.get(f"{BASE}/v1/now", {"site": "none"}).status_code == 404
