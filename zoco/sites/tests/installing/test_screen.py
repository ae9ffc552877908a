"""The page and the command of the check: who may, what is said, how often."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zoco.project.cli import run
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.installing import pace
from zoco.sites.models import Site
from zoco.sites.tests.installing.pages import serving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    (tmp_path / "keys").mkdir(mode=0o700)
    made = Site.objects.create(slug="shop", name="Shop")
    made.hostnames.create(name="127.0.0.1")
    reads.forget()
    pace._asked.clear()
    yield made
    reads.forget()


def test_an_owner_checks_a_page_and_reads_what_to_do(site: Site) -> None:
    owner, where = client_of("owner"), f"/admin/counted-sites/check/{site.pk}/"
    line = f'<script src="{reads.site_info(site).tracker}"></script>'
    with serving(reads.site_info(site).tracker[1:-3]) as pages:
        url = pages.put("")
        bare = owner.post(where, {"url": url})
        pages.put(line)
        good = owner.post(where, {"url": url})

    assert 'data-z-found="no_tag"' in body(bare)
    assert "Put the line with " + reads.site_info(site).tracker in body(bare)
    assert "The tracker is in order on this page." in body(good)
    assert 'value="https://127.0.0.1/"' in body(owner.get(where))
    assert where in body(owner.get(f"/admin/counted-sites/edit/{site.pk}/"))
    assert client_of("marketer").post(where, {"url": url}).status_code in (302, 403)


def test_a_new_site_leads_to_the_line_for_its_pages_and_so_does_its_empty_overview() -> None:
    owner = client_of("owner")
    given = {"name": "News", "slug": "news", "zone": "Europe/Madrid", "currency": "EUR", "week_start": "0",
             "counting": "tracker", "host_names": "news.example", "retention_days": "400",
             "search_parameters": "q"}  # fmt: skip

    made = owner.post("/admin/counted-sites/new/", given)

    site = Site.objects.get(slug="news")
    check = f"/admin/counted-sites/check/{site.pk}/"
    assert (made.status_code, made.headers["Location"]) == (302, check)
    page, line = body(owner.get(check)), reads.site_info(site).tracker
    assert f'{line}"></script>" readonly' in page
    assert 'data-z-copies="z-line"' in page
    assert "/admin/live-facts/?site=news" in page
    overview = "/admin/ledger/reports/overview/traffic/?site=news"
    assert overview in page
    assert check in body(owner.get(overview))
    assert check not in body(client_of("analyst").get(overview))


def test_six_checks_a_minute(site: Site) -> None:
    owner, where = client_of("owner"), f"/admin/counted-sites/check/{site.pk}/"
    answers = [owner.post(where, {"url": "ftp://x/"}) for _number in range(7)]

    assert [each.status_code for each in answers] == [200] * 6 + [429]
    assert "Six checks a minute are enough" in body(answers[-1])


def test_the_pace_is_of_each_account() -> None:
    assert [pace.wait(1, now=number) for number in range(6)] == [0] * 6
    assert (pace.wait(1, now=6.0), pace.wait(2, now=6.0), pace.wait(1, now=60.5)) == (55, 0, 0)


def test_the_command_names_the_fault_in_its_exit_code(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    with serving(reads.site_info(site).tracker[1:-3]) as pages:
        code = run(["site", "check", "shop", pages.put("<!-- nothing -->")])
        told = capfd.readouterr().out

    assert code == 1
    assert "counts nothing: The page has no tracker." in told


def test_short_name_left_empty_is_made_of_the_name(site: Site) -> None:
    given = {"name": "Моя лавка 🛒", "slug": "", "zone": "UTC", "currency": "EUR", "week_start": "1"}

    client_of("owner").post("/admin/counted-sites/new/", given | {"retention_days": "0", "counting": "log"})

    assert Site.objects.get(name="Моя лавка 🛒").slug == "moya-lavka"
