"""Zoco in a plain Django project: no Wagtail, own accounts, a second database, gunicorn."""

import sqlite3
from collections.abc import Iterator

import pytest

from tests.hosts.host import Browser, Host, page_views

pytestmark = pytest.mark.timeout(400)
PERIOD = "2015-05-17..2015-05-20"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    host = Host.copied("plain", "plain", "plain.settings", tmp_path_factory.mktemp("host"))
    host.manage("migrate", "--verbosity", "0", "--database", "archive")
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


def test_host_keeps_its_own_pages(browser: Browser) -> None:
    assert browser.get("/") == (200, "The host's own page.")
    assert browser.get("/marketing/nothing/")[0] == 404
