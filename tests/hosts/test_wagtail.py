"""Zoco in the project that `wagtail start` makes, with nothing added but apps, addresses, a data folder."""

from collections.abc import Iterator

import pytest

from tests.hosts.host import Browser, Host, page_views

pytestmark = pytest.mark.timeout(400)
PERIOD = "2015-05-17..2015-05-20"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    host = Host.started(tmp_path_factory.mktemp("host"))
    host.prepare("ana")
    host.log_import()
    return host


@pytest.fixture(scope="module")
def browser(host: Host) -> Iterator[Browser]:
    with host.served() as browser:
        browser.log_in("/admin/login/", "ana")
        yield browser


def test_host_passes_its_own_checks(host: Host) -> None:
    told = host.own_checks()

    assert "no issues" in told
    assert "No changes detected" in told


def test_report_as_command_counts_what_was_imported(host: Host) -> None:
    told = host.manage("zoco", "report", "pages", "--period", PERIOD, "--format", "json")

    assert page_views(told) == {"/prices": 2, "/": 1}


def test_report_is_a_page_of_wagtails_admin(browser: Browser) -> None:
    status, page = browser.get(f"/admin/ledger/reports/pages/?period={PERIOD}")

    assert status == 200
    assert "/prices" in page
    assert "/gone" not in page


def test_report_is_a_page_outside_the_admin_too(browser: Browser) -> None:
    status, page = browser.get(f"/marketing/reports/pages/?period={PERIOD}")

    assert status == 200
    assert "/prices" in page


def test_host_keeps_its_own_home_page_and_its_admin(browser: Browser) -> None:
    assert "Welcome to your new Wagtail site" in browser.get("/")[1]
    assert browser.get("/admin/pages/")[0] == 200
