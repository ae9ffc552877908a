"""Pages of campaigns: put tags on an address, keep it, look over the tags."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.campaigns.models import Campaign, Link, Word
from zoco.campaigns.tests.test_reports import FACTS, TRACKED
from zoco.ledger.tests.reports.made import ledger
from zoco.monitor.models import Goal
from zoco.monitor.tests.sharing.conftest import shared
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
LINKS, TAGS = "/admin/links/", "/admin/tags/"
ASKED = {
    "target": "https://shop.example/sale", "source": "facebok", "medium": "paid_social", "campaign": "spring",
    "content": "", "term": "",
}  # fmt: skip
ASKED_OF = "site=shop&period=2026-03-28..2026-03-29"
EXPORT = f"/admin/ledger/reports/campaigns/export.csv?{ASKED_OF}"
CAMPAIGN = {"name": "Spring", "code": "spring", "goal": "", "budget": "500", "note": "", "starts_on": ""}


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, FACTS, [TRACKED]):
        made = Site.objects.create(pk=1, slug="shop", name="Shop")
        made.hostnames.create(name="shop.example")
        reads.forget()
        yield made
    reads.forget()


def test_it_puts_tags_on_and_says_what_is_wrong_with_them(site: Site) -> None:
    Word.objects.create(site=site, tag="source", value="facebook")

    shown = body(client_of("analyst").get(LINKS, ASKED))

    assert (
        "https://shop.example/sale?utm_source=facebok&utm_medium=paid_social&utm_campaign=spring"
    ) in shown
    assert "facebok is probably facebook, misspelt." in shown
    assert "under <b>Other paid</b>" in shown
    assert "Keep it as a short link" not in shown


def test_a_page_of_others_is_told(site: Site) -> None:
    shown = body(client_of("marketer").get(LINKS, ASKED | {"target": "https://market.example/"}))

    assert "market.example is no host of this site" in shown


def test_an_address_is_kept_and_its_followers_are_shown(site: Site) -> None:
    marketer = client_of("marketer")
    campaign = Campaign.objects.create(site=site, name="Spring", code="Spring")

    made = marketer.post(LINKS, ASKED | {"slug": "poster", "site": "shop"})

    assert made["Location"] == f"{LINKS}?site=shop#z-links"
    link = Link.objects.get()
    assert (link.campaign, link.created_by) == (campaign, User.objects.get(username="marketer"))
    assert link.tags["campaign"] == "Spring"
    shown = body(marketer.get(LINKS))
    assert "http://testserver/to/poster" in shown
    assert f"/admin/links/{link.pk}/qr.svg" in shown
    for kind, begin in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        picture = marketer.get(f"/admin/links/{link.pk}/qr.{kind}")
        assert picture.status_code == 200
        assert picture.content.startswith(begin)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "taken"}, "Short link with this Short name already exists."),
        ({"slug": "a b"}, "Write 2 to 60 letters, digits, - or _."),
        ({"target": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"target": "ftp://x.example/"}, "Write the whole address"),
        ({"target": ""}, "This field is required."),
        ({"source": "x" * 101}, "at most 100 characters"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_form(site: Site, wrong: dict[str, str], said: str) -> None:
    Link.objects.create(site=site, slug="taken", target="https://shop.example/")

    answer = client_of("marketer").post(LINKS, ASKED | {"slug": "new"} | wrong)

    assert answer.status_code == 200
    assert said in body(answer)
    assert Link.objects.count() == 1


def test_tags_are_looked_over(site: Site) -> None:
    Word.objects.create(site=site, tag="source", value="posters")

    shown = body(client_of("analyst").get(TAGS, {"site": "shop"}))

    assert "Words for tags" in shown
    assert "Add a word" not in shown
    assert client_of("marketer").get(TAGS, {"site": "none"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "a b"}, "Write the code without spaces"),
        ({"code": "TAKEN"}, "The site has a campaign of this code"),
        ({"starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "The last day comes before the first."),
        ({"budget": "-1"}, "greater than or equal to 0"),
        ({"goal": "None of them"}, "Select a valid choice"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused(site: Site, change: dict[str, str], said: str) -> None:
    Campaign.objects.create(site=site, name="Old", code="taken")

    answer = client_of("marketer").post("/admin/campaigns/new/", CAMPAIGN | {"site": site.pk} | change)

    assert said in body(answer)
    assert Campaign.objects.count() == 1


def test_a_campaign_leads_to_its_figures(site: Site) -> None:
    Goal.objects.create(site=site, name="Order", kind="event", event="buy")
    marketer = client_of("marketer")
    given = {"site": site.pk, "goal": "Order", "starts_on": "2026-03-01", "ends_on": "2026-03-31"}

    marketer.post("/admin/campaigns/new/", CAMPAIGN | given)

    shown = body(marketer.get("/admin/campaigns/"))
    assert "€500" in shown
    (figures,) = re.findall(r'href="([^"]*f\.campaign[^"]*)"', shown)
    assert figures.endswith("?site=shop&f.campaign=spring&period=2026-03-01..2026-03-31")
    assert marketer.get(figures).status_code == 200


def test_tag_with_a_nul_inside_an_address_is_refused(site: Site) -> None:
    asked = ASKED | {"target": "https://shop.example/sale?utm_campaign=%00a", "campaign": ""}

    answer = client_of("marketer").post(LINKS, asked)

    assert answer.status_code == 200
    assert "Null characters are not allowed." in body(answer)
    assert not Link.objects.exists()


def test_reports_say_names_of_campaigns_and_links_and_filter_by_their_codes(site: Site) -> None:
    campaign = Campaign.objects.create(site=site, name="Spring <sale>", code="Spring")
    Link.objects.create(site=site, slug="poster", target="https://shop.example/", campaign=campaign)
    Link.objects.create(site=site, slug="letter", target="https://shop.example/honey/?a=1")
    analyst = client_of("analyst")

    campaigns = body(analyst.get(f"/admin/ledger/reports/campaigns/?{ASKED_OF}"))
    panel = body(analyst.get(f"/admin/ledger/reports/campaigns/panel/?{ASKED_OF}"))
    links = body(analyst.get(f"/admin/ledger/reports/short-links/?{ASKED_OF}"))
    written = b"".join(analyst.get(EXPORT).streaming_content).decode()  # type: ignore[attr-defined]

    for page in (campaigns, panel):
        named = r'f\.campaign=spring[^"]*">Spring <sale></a> <span class="code">spring</span>'
        assert re.search(named, page)
    assert '<span>Spring <sale></span> <span class="code">poster</span>' in links
    assert '<span>shop.example/honey</span> <span class="code">letter</span>' in links
    assert ("spring," in written, "Spring <" in written) == (True, False)


def test_strangers_with_a_link_read_names_too(site: Site) -> None:
    Campaign.objects.create(site=site, name="Spring sale", code="spring")
    bea = User.objects.create_superuser("bea", "bea@honey.example", "hexagon-comb-12")
    _, address = shared(site, bea, period="2026-03-28..2026-03-29", least=0)

    page = body(Client(headers={"accept-language": "en"}).get(f"{address}campaigns/panel/"))

    assert re.search(r'>Spring sale</a> <span class="code">spring</span>', page)
