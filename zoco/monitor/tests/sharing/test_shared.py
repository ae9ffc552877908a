"""What a stranger sees under a link: walked link by link, it holds no fact, no query, no small group."""

import json
import re
from datetime import date
from html import unescape
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.ledger.tests.reports.made import PERIOD
from zoco.monitor.annotations import annotate
from zoco.monitor.models import SharedLink
from zoco.monitor.services import goal_create
from zoco.monitor.tests.sharing.conftest import shared
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return unescape(body.decode())


def cells(page: str, head: str = "") -> list[str]:
    """Return the names of rows."""
    return re.findall(r'<th scope="row" class="name"[^>]*>.*?<(?:a[^>]*|span)>([^<]*)<', page, re.DOTALL)


def test_the_page_shows_figures_curve_and_panels(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana)

    page = text(stranger, address)

    assert "<h1>" in page
    assert re.search(r"Visitors</span>\s*<span class=\"z-v\">8<", page)
    after = r"\s*<span class=\"z-after\">\s*<span class=\"z-d\">only the"
    assert re.search(r"Engagement</span>\s*<span class=\"z-v\">–</span>" + after, page)
    assert f'data-z-panel="{address}pages/panel/"' in page
    assert f'data-panel="{address}sources/panel/"' in page
    assert "entry-pages" not in page
    points = json.loads(re.search(r'id="z-points"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]
    assert points["values"] == [8.0, None, None]
    assert points["texts"] == ["8", "fewer than 3 visitors", "fewer than 3 visitors"]


@pytest.mark.parametrize("least", [0, 3])
def test_no_note_of_ours_stands_in_a_shared_curve(
    site: Site, ana: User, stranger: Client, least: int
) -> None:
    _, address = shared(site, ana, least=least)
    day = date.fromisoformat(PERIOD[:10])
    annotate(site=site.pk, on=day, text="Server was hacked")

    assert "Server was hacked" not in text(stranger, address)


def test_small_rows_are_not_shown_and_it_is_said_how_many(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana)

    page = text(stranger, f"{address}pages/")

    assert cells(page) == ["/", "/a", "/b"]
    assert "3 rows · 2 rows are not shown, to keep groups of fewer than 3 visitors unseen" in page


@pytest.mark.once
def test_no_link_of_any_page_leads_to_what_is_not_for_strangers(
    site: Site, ana: User, stranger: Client
) -> None:
    _, address = shared(site, ana)
    stranger.force_login(ana)  # who has an account sees no more
    met: set[str] = set()
    waiting = [address]
    while waiting and len(met) < 150:
        path = waiting.pop(0)
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        page = body.decode()
        met.add(path)

        forbidden = r"/admin|SELECT|/api/|zoco report|/facts|/now/|>/[cd]<|\n/[cd],|tablet|France|Share…"
        assert re.findall(forbidden, page) == [], path
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "private, no-store"
        found = re.findall(r'(?:href|data-z-panel|data-panel)="([^"#]+)"', page)
        for each in (urljoin(path, unescape(one)) for one in found):
            if each.startswith("/static/") or each.startswith("data:"):
                continue
            assert each.startswith(address), each
            is_new = each not in met and each not in waiting
            if is_new and "compare=" not in each and "draw=" not in each and "grain=" not in each:
                waiting.append(each)

    assert len(met) > 60
    assert {path.partition("?")[0].removeprefix(address).partition("/")[0] for path in met} >= {
        "", "pages", "countries", "devices", "channels", "events",
    }  # fmt: skip


def test_file_holds_what_the_page_holds(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana)

    file = text(stranger, f"{address}pages/export.csv")

    assert file.splitlines() == ["path,visitors,page_views", "/,8,13", "/a,4,4", "/b,3,3"]
    for word in ("json", "parquet"):
        assert stranger.get(f"{address}pages/export.{word}", follow=True).status_code == 404


def test_the_address_cannot_change_what_is_fixed(site: Site, ana: User, stranger: Client) -> None:
    Site.objects.create(pk=2, slug="other", name="Other", zone="UTC")
    _, address = shared(site, ana, filters={"f.country": ["ES"]}, may_change_period=False, may_filter=False)
    queries = (
        "?site=other",
        "?site=nowhere",
        "?verdicts=bots",
        "?f.country=FR",
        "?f.country!=ES",
        "?f.device=phone",
        "?period=2026-03-25",
        "?column=country&operator=is&value=FR",
    )

    for query in queries:
        page = stranger.get(f"{address}pages/{query}", follow=True).content.decode()

        assert cells(page) == ["/", "/a", "/b"], query
        assert "<b>Spain</b>" in page


def test_a_fixed_filter_and_one_of_the_reader_both_hold(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana, filters={"f.country": ["ES"]})

    page = text(stranger, f"{address}pages/?f.country=FR")

    assert cells(page) == []
    assert "Nothing to show" in page


@pytest.mark.parametrize(
    "query",
    [
        "f.path!=/",
        "f.path~=/",
        "f.path^=/a",
        "f.country=ES&f.country=FR",
        "f.click_id=abc",
        "f.reason=x",
        "f.device=phone&f.country=ES&f.path=/&f.os=iOS",
    ],
)
def test_filters_that_would_tell_the_rest_are_refused(
    site: Site, ana: User, stranger: Client, query: str
) -> None:
    _, address = shared(site, ana)

    assert "This filter does not exist" in text(stranger, f"{address}pages/?{query}", 400)


def test_a_filter_by_a_goal_names_no_goal(site: Site, ana: User, stranger: Client) -> None:
    goal_create(site=site.pk, name="Secret launch", kind="page", pattern="/launch")
    _, address = shared(site, ana)

    for query in ("f.goal=x", "f.goal=Secret+launch", "f.goal!=x"):
        for page in (f"{address}pages/?{query}", f"{address}pages/export.csv?{query}"):
            assert "Secret launch" not in text(stranger, page, 400).replace("Secret+launch", "")


@pytest.mark.parametrize("key", ["f.goal", "f.goal!"])
def test_with_its_goal_a_link_is_gone_until_there_is_one_again(
    site: Site, ana: User, stranger: Client, key: str
) -> None:
    goal = goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")
    link, address = shared(site, ana, filters={key: ["Signup"]}, least=0)
    pages = (address, f"{address}pages/", f"{address}pages/panel/", f"{address}pages/export.csv")
    before = [text(stranger, page) for page in pages]
    SharedLink.objects.update(last_used_on=None)

    goal.delete()
    without = [text(stranger, page, 404) for page in pages]
    link.refresh_from_db()
    goal_create(site=site.pk, name="Signup", kind="page", pattern="/a")

    assert all("This link shows nothing" in page and "Signup" not in page for page in without)
    assert len(set(without)) == 1
    assert "Visitors" not in without[0]
    assert link.last_used_on is None
    assert text(stranger, pages[-1]) == before[-1]


@pytest.mark.parametrize("key", ["bots", "errors", "served", "refusals", "requests", "exit-pages", "nothing"])
def test_other_reports_are_not_there(site: Site, ana: User, stranger: Client, key: str) -> None:
    _, address = shared(site, ana)

    assert "There is no such report" in text(stranger, f"{address}{key}/", 404)


def test_nobody_and_too_few_get_the_same_page(site: Site, ana: User, stranger: Client) -> None:
    _, address = shared(site, ana)

    few = text(stranger, f"{address}pages/?f.path=/c")
    nobody = text(stranger, f"{address}pages/?f.path=/x")

    assert "Nobody came here in this period, or fewer than 3 visitors." in few
    few = re.sub(r"printed [^<]*", "", re.sub(r'/c(?=["<&])', "/x", few))
    assert few == re.sub(r"printed [^<]*", "", nobody)


def test_demo_data_say_so(site: Site, ana: User, stranger: Client) -> None:
    Site.objects.filter(pk=site.pk).update(is_demo=True)
    _, address = shared(site, ana)

    assert "Demo data" in text(stranger, address)


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Visitantes"), ("ru", "Посетители"), ("zh-hans", "访客"), ("en", "Visitors")],
)
def test_the_page_speaks_the_readers_language(
    site: Site, ana: User, stranger: Client, language: str, words: str
) -> None:
    _, address = shared(site, ana)

    answer = stranger.get(address, headers={"accept-language": language})

    assert words in answer.content.decode()
