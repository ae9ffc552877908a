"""Zoco in a plain Django project: no Wagtail, own accounts, a second database, gunicorn."""

import json
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.hosts.host import Browser, Host, page_views

pytestmark = pytest.mark.timeout(400)
PERIOD = "2015-05-17..2015-05-20"
FACT_ID = "0199a000-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    host = Host.copied("plain", "plain", "plain.settings", tmp_path_factory.mktemp("host"), "archive")
    host.prepare("ana", number=7)
    host.log_import()
    return host


@pytest.fixture(scope="module")
def browser(host: Host) -> Iterator[Browser]:
    with host.served() as browser:
        browser.log_in("/accounts/login/", "ana")
        yield browser


def test_host_passes_its_own_checks(host: Host) -> None:
    told = host.own_checks()

    assert "no issues" in told
    assert "No changes detected" in told


def test_nothing_of_wagtail_is_loaded(host: Host) -> None:
    program = "import sys; print([name for name in sys.modules if name.split('.')[0] == 'wagtail'])"

    assert host.shell(program).strip() == "[]"


def test_second_database_holds_no_table_of_zoco(host: Host) -> None:
    with sqlite3.connect(host.folder / "archive.sqlite3") as archive:
        tables = {name for (name,) in archive.execute("select name from sqlite_master where type = 'table'")}

    assert "archive_paper" in tables
    assert [table for table in tables if table.startswith("zoco_")] == []


def test_report_as_command_counts_what_was_imported(host: Host) -> None:
    told = host.manage("zoco", "report", "pages", "--period", PERIOD, "--format", "json")

    assert page_views(told) == {"/prices": 2, "/": 1}


def test_report_is_a_page_of_the_host(browser: Browser) -> None:
    status, page = browser.get(f"/marketing/reports/pages/?period={PERIOD}")

    assert status == 200
    assert "/prices" in page
    assert "/gone" not in page


def test_dashboard_is_shared_by_a_link_of_the_host(host: Host, browser: Browser) -> None:
    address = host.shell(
        "from datetime import UTC, datetime",
        "from django.contrib.auth import get_user_model",
        "from django.urls import reverse",
        "from zoco.monitor.sharing.services import Terms, link_make",
        "from zoco.sites.models import Site",
        f"terms = Terms('traffic', {{}}, 'people', '{PERIOD}', True, True, 0)",
        "given = {'name': 'For Bea', 'site': Site.objects.get(), 'terms': terms, 'expires_at': None}",
        "by = get_user_model().objects.get(username='ana')",
        "link, token = link_make(**given, by=by, at=datetime.now(UTC))",
        "print(reverse('zoco_shared:overview', args=[token]))",
    ).strip()
    stranger = Browser(browser.address)

    status, page = stranger.get(f"{address}pages/")

    assert address.startswith("/marketing/shared/")
    assert status == 200
    assert "/prices" in page
    assert "SELECT" not in page
    assert stranger.get("/marketing/shared/nothing/")[0] == 404


def test_report_is_an_answer_of_the_hosts_api(browser: Browser) -> None:
    status, answer = browser.get(f"/api/zoco/v1/reports/pages?period={PERIOD}")

    assert status == 200
    assert page_views(answer) == {"/prices": 2, "/": 1}
    assert Browser(browser.address).get("/api/zoco/v1/reports/pages")[0] == 401


def test_command_answers_while_the_host_serves(host: Host, browser: Browser) -> None:
    browser.get(f"/marketing/reports/pages/?period={PERIOD}")

    told = host.manage("zoco", "report", "pages", "--period", PERIOD, "--format", "json")

    assert page_views(told) == {"/prices": 2, "/": 1}


def test_strangers_are_sent_to_the_hosts_own_log_in(browser: Browser) -> None:
    status, page = Browser(browser.address).get(f"/marketing/reports/pages/?period={PERIOD}")

    assert status == 200
    assert "Log in" in page
    assert "/prices" not in page


def test_fact_sent_to_the_host_is_in_its_report(host: Host, browser: Browser) -> None:
    body = json.dumps({"type": "event", "event": "buy", "url": "https://www.example.com/till", "id": FACT_ID})
    stranger = Browser(browser.address)
    for _ in range(3):  # three words of it are one fact, whichever of the two workers hears them
        assert stranger.send("/e", body) == (204, "")
    today = datetime.now(UTC).date()

    def events() -> list[tuple[str, int]]:
        told = host.manage("zoco", "report", "events", "--period", f"{today}..{today}", "--format", "json")
        return [(row["key"]["subject"], row["values"]["events"]) for row in json.loads(told)["rows"]]

    end = time.monotonic() + 20
    while events() != [("buy", 1)] and time.monotonic() < end:
        time.sleep(0.5)
    assert events() == [("buy", 1)]


def test_the_host_tells_a_sender_what_is_wrong(browser: Browser) -> None:
    stranger = Browser(browser.address)
    assert stranger.send("/e", '{"url":"https://elsewhere.example/"}')[0] == 400
    status, told = stranger.send("/e", "x" * 70_000)
    assert (status, json.loads(told)["refused"][0]["reason"]) == (413, "too_large")
    assert stranger.get("/e")[0] == 405


def test_tracker_facts_and_image_are_also_under_a_word_of_the_site(host: Host, browser: Browser) -> None:
    [site] = json.loads((host.folder / "zoco" / "sites.json").read_bytes())["sites"]
    [word] = site["trackers"]
    stranger = Browser(browser.address)

    assert "sendBeacon" in stranger.get("/z.js")[1]
    assert "sendBeacon" in stranger.get(f"/{word}.js")[1]
    assert stranger.send(f"/{word}", '{"url":"https://www.example.com/worded"}') == (204, "")
    with urllib.request.urlopen(f"{browser.address}/e.gif?u=https://www.example.com/image") as shown:
        assert (shown.status, shown.read(3)) == (200, b"GIF")
    assert stranger.get(f"/{word}.gif?u=https://elsewhere.example/")[0] == 400
    assert stranger.get("/abcdef7.js")[0] == 404


def test_work_in_the_background_runs_in_the_host(host: Host) -> None:
    published = host.folder / "zoco" / "sites.json"
    told = published.read_bytes()
    published.unlink()

    host.manage("zoco", "work", "--once")

    assert json.loads(published.read_bytes())["sites"] == json.loads(told)["sites"]


def test_host_keeps_its_own_pages(browser: Browser) -> None:
    assert browser.get("/") == (200, "The host's own page.")
    assert browser.get("/marketing/nothing/")[0] == 404
