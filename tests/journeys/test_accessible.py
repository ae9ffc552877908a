"""axe-core over every page of the product, on a wide light screen and on a dark phone: no violation."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.contenttypes.models import ContentType
from playwright.sync_api import Page, expect
from wagtail.models import Locale  # type: ignore[attr-defined]
from wagtail.models import Page as WagtailPage  # type: ignore[attr-defined]

from tests.journeys.conftest import Open
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage
from zoco.ledger.report import reports_all

pytestmark = [
    pytest.mark.browser,
    pytest.mark.markup,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]

PERIOD = "?period=2015-05-17..2015-05-20"
LEDGER = "/admin/ledger/reports/"
PAGES = (
    "/admin/",
    "/admin/first-steps/",
    "/admin/counted-sites/",
    "/admin/counted-sites/new/",
    "/admin/health/",
    "/admin/account/",
    "/admin/keys/",
    "/admin/changes/",
    "/admin/second-steps/",
    "/second-step/own/",
    LEDGER,
    f"{LEDGER}overview/traffic/{PERIOD}",
    f"{LEDGER}overview/traffic/{PERIOD}&tabs=errors,browsers&how=1",
    f"{LEDGER}facts/{PERIOD}",
    "/admin/goals/",
    "/admin/goals/new/",
    "/admin/annotations/",
    "/admin/annotations/new/",
    "/admin/incidents/",
    "/admin/alarms/",
    "/admin/alarms/new/",
    "/admin/imports/",
    "/admin/exports/",
    "/admin/shared-links/",
    "/admin/letters/",
    "/admin/letters/new/",
    "/admin/campaigns/",
    "/admin/campaigns/new/",
    "/admin/links/",
    "/admin/tags/",
    "/admin/tag-words/new/",
    "/admin/source-channels/?referrer=https://www.google.com/&landing=/?gclid=1",
    "/admin/source-rules/new/",
    "/admin/source-networks/new/",
    "/admin/users/",
    "/admin/users/new/",
    "/admin/groups/new/",
    "/admin/pages/",
    "/admin/images/",
    "/admin/documents/",
    "/admin/reports/site-history/",
    "/admin/live-facts/",
    "/admin/counted-sites/check/7001/",
    f"{LEDGER}pages/?period=1999-01-01",
    f"{LEDGER}pages/?period=yesteryear",
    f"{LEDGER}nothing/",
    f"/reports/traffic/{PERIOD}",
)
AREAS = (
    "/admin/attribution/",
    "/admin/audiences/",
    "/admin/audiences/new/",
    "/admin/consent/topics/",
    "/admin/costs/",
    "/admin/costs/imports/",
    "/admin/domains/",
    "/admin/flags/new/",
    "/admin/funnels/new/",
    "/admin/journeys/",
    "/admin/media-mix/",
    "/admin/media-mix/controls/",
    "/admin/media-mix/regions/",
    "/admin/media-mix/tests/",
    "/admin/moving/",
    "/admin/people/",
    "/admin/research/affinity/",
    "/admin/research/contracts/",
    "/admin/research/personas/",
    "/admin/research/scores/",
    "/admin/research/value/",
    "/admin/segments/new/",
    "/admin/sendings/",
    "/admin/surveys/new/",
    "/admin/trials/",
    "/admin/trials/new/",
    "/admin/trials/plan/",
)
STRANGERS = ("/admin/login/", "/", "/nothing-here/")
NARROW_EVERY = 6
MENU = "#wagtail-sidebar"
SCREENS: dict[str, dict[str, Any]] = {
    "wide and light": {"width": 1280, "color_scheme": "light"},
    "narrow and dark": {"width": 390, "color_scheme": "dark"},
}


def violations(page: Page, path: str, *, but: str = "", has_contrast: bool = True) -> list[str]:
    """Return what axe-core finds on a page that has loaded, in words; `but` selects what is left out."""
    page.wait_for_load_state()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    context = {"exclude": [[but]]} if but else None
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": has_contrast}}}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{path}: {each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


def root_ensure() -> Any:
    """Return the root of all pages; a test before this one may have taken it away."""
    ContentType.objects.clear_cache()  # their numbers may have changed with the tables
    Locale.objects.get_or_create(language_code="en")
    if not WagtailPage.objects.exists():
        WagtailPage.add_root(title="Root", slug="root")
    return WagtailPage.objects.order_by("depth").first()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_a_violation(visit: Open, live_server: Any, screen: str) -> None:
    page = visit("/admin/", **SCREENS[screen])
    # Reports share their parts, as areas do: on a phone some of them show what all would.
    every = 1 if screen == "wide and light" else NARROW_EVERY
    reports = [f"{LEDGER}{report.key}/{PERIOD}&verdicts=all" for report in reports_all()]
    alike = [*AREAS, *reports][::every]
    root_ensure()
    found = []
    for number, path in enumerate((*PAGES, *alike)):
        answer = page.goto(live_server.url + path)
        assert answer is not None
        assert answer.status < 500, path
        assert answer.status < 400 or path not in AREAS, path
        # Nine tenths of a desk's page are its menu, the same on each of them. Contrasts take two thirds
        # of the time: what is alike shares its colours, too.
        has_contrast = path not in alike or path in alike[::2] or screen != "wide and light"
        found += violations(page, path, but=MENU if number else "", has_contrast=has_contrast)

    assert "\n".join(found) == ""


def test_the_page_editor_has_no_violation(visit: Open, live_server: Any) -> None:
    made = HomePage(title="Home", slug="editor", body=[("text", "<p>Honey</p>")])  # type: ignore[no-untyped-call]
    home = root_ensure().add_child(instance=made)
    page = visit(f"/admin/pages/{home.pk}/edit/")
    expect(page.get_by_role("textbox").and_(page.locator("[contenteditable=true]"))).to_have_count(1)

    assert "\n".join(violations(page, "the page editor")) == ""


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_for_strangers_has_a_violation(visit: Open, live_server: Any, screen: str) -> None:
    home_ensure(urlsplit(live_server.url))
    page = visit("/admin/login/", signed_in=False, **SCREENS[screen])
    found = []
    for path in STRANGERS:
        page.goto(live_server.url + path)
        found += violations(page, path)

    assert "\n".join(found) == ""
