"""The same pages by keyboard, on a phone, in four languages, in the dark, outside Wagtail."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import PERIOD, Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
OVERVIEW = f"/admin/ledger/reports/overview/traffic/?period={PERIOD}"
TRAFFIC = f"/admin/ledger/reports/traffic/?period={PERIOD}"


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "Math.max(document.documentElement.scrollWidth - innerWidth,"
        " ...[...document.querySelectorAll('main, .z, .z-body')].map(e => e.scrollWidth - e.clientWidth))"
    )
    return wider


def test_overview_loads_its_panels_one_by_one(visit: Open) -> None:
    page = visit(OVERVIEW)

    expect(page.locator("[data-z-panel]")).to_have_count(7)
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(page.locator("[data-z-panel] table")).to_have_count(6)
    expect(page.get_by_role("link", name="Googlebot")).to_be_visible()
    expect(page.get_by_text("0 people now")).to_be_visible()


def test_tabs_open_in_place_and_stay_open_in_the_address(visit: Open) -> None:
    page = visit(OVERVIEW)
    tabs = page.get_by_role("tablist", name="Pages")
    expect(page.locator("[aria-busy]")).to_have_count(0)

    tabs.get_by_role("tab", name="Pages", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(tabs.get_by_role("tab", name="Errors")).to_be_focused()
    page.wait_for_url(re.compile("tabs=errors"))
    expect(page.get_by_role("tabpanel", name="Errors").get_by_role("table")).to_be_visible()
    page.get_by_role("tab", name="Systems").click()
    page.wait_for_url(re.compile("tabs=errors,systems"))
    page.reload()

    for name in ("Errors", "Systems"):
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name=name).get_by_role("table")).to_be_visible()
    page.get_by_role("tab", name="Pages", exact=True).click()
    page.wait_for_url(re.compile("tabs=systems"))
    page.get_by_role("tabpanel", name="Source channels").get_by_role("link", name="Direct").click()
    page.wait_for_url(re.compile("f.channel=direct"))
    expect(page.get_by_role("tab", name="Systems")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tab", name="Pages", exact=True)).to_have_attribute("aria-selected", "true")


def test_tabs_are_links_without_a_script(visit: Open) -> None:
    page = visit(OVERVIEW, java_script_enabled=False)

    page.get_by_role("tab", name="Sources", exact=True).click()

    expect(page.get_by_role("tab", name="Sources", exact=True)).to_have_attribute("aria-selected", "true")
    page.get_by_role("tabpanel", name="Sources").get_by_role("link", name="Details").click()
    page.wait_for_url(re.compile("/sources/"))


def test_keyboard_alone_is_enough(visit: Open) -> None:
    page = visit(TRAFFIC)
    page.locator("main").focus()

    page.keyboard.press("c")
    page.wait_for_url(re.compile("compare=year"))
    page.keyboard.press("f")
    expect(page.locator("#z-column")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#z-column")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.wait_for_url(re.compile("verdicts=bots"))


def tab_to(page: Page, there: Locator, key: str = "Tab") -> None:
    """Press the key until the focus is there, as somebody without a mouse does."""
    for _ in range(200):
        if there.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never leads to {there}")


def test_the_whole_dashboard_is_reached_by_keyboard(visit: Open) -> None:
    page = visit(OVERVIEW)
    expect(page.locator("[aria-busy]")).to_have_count(0)

    tab_to(page, page.get_by_role("tab", name="Countries"))
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Languages")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Countries")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel", name="Countries").get_by_role("table")).to_be_visible()

    row = page.get_by_role("tabpanel", name="Source channels").get_by_role("link", name="Direct")
    tab_to(page, row, "Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("f.channel=direct"))
    remove = page.get_by_role("link", name=re.compile("Remove the filter"))
    tab_to(page, remove)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "f.channel" not in url)
    expect(remove).to_have_count(0)

    opener = page.get_by_role("link", name="Computed how?")
    tab_to(page, opener)
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="How is this computed")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#z-drawer")).to_be_hidden()
    expect(opener).to_be_focused()

    tab_to(page, page.locator("[data-z-period] summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Last 7 days"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("period=7d"))


def test_points_of_a_curve_are_read_by_arrow_keys(visit: Open) -> None:
    page = visit(TRAFFIC)
    curve = page.get_by_role("slider", name="Visitors")

    curve.focus()
    page.keyboard.press("Home")

    expect(curve).to_have_attribute("aria-valuetext", re.compile(r"^17\sMay\s2015: 20"))
    page.keyboard.press("ArrowRight")
    expect(curve).to_have_attribute("aria-valuetext", re.compile(r"^18\sMay\s2015: 20"))


def test_period_moves_by_arrow_keys_in_its_picker(visit: Open) -> None:
    page = visit(TRAFFIC)

    page.locator("[data-z-period] summary").focus()
    page.keyboard.press("ArrowLeft")

    page.wait_for_url(re.compile(re.escape("period=2015-05-13..2015-05-16")))


@pytest.mark.parametrize("path", [OVERVIEW, TRAFFIC, TRAFFIC.replace("traffic", "errors"), "/admin/"])
def test_phone_shows_everything_without_scrolling_sideways(visit: Open, path: str) -> None:
    page = visit(path, width=390)
    page.wait_for_load_state("networkidle")

    assert overflow(page) == 0


@pytest.mark.parametrize(
    ("locale", "title", "figure", "period"),
    [
        ("en-GB", "Visitors", "Page views", "17 – 20 May 2015"),
        ("es-ES", "Visitantes", "Páginas vistas", "17–20 may 2015"),
        ("ru-RU", "Посетители", "Просмотры страниц", "17–20 мая 2015 г."),
        ("zh-CN", "访客", "浏览量", "2015年5月17日至20日"),
    ],
)
def test_page_speaks_the_readers_language(
    visit: Open, locale: str, title: str, figure: str, period: str
) -> None:
    page = visit(TRAFFIC, locale=locale)

    expect(page.locator(".z-figs .z-k").first).to_have_text(title)
    expect(page.locator(".z-figs .z-k", has_text=figure).first).to_be_visible()
    expect(page.locator("[data-z-period] summary")).to_contain_text(period)
    assert overflow(page) == 0


def test_dark_and_still_for_those_who_ask(visit: Open) -> None:
    page = visit(OVERVIEW, color_scheme="dark", reduced_motion="reduce", forced_colors="active")

    expect(page.locator("[data-z-panel] table")).to_have_count(6)


def test_plain_page_outside_wagtail_keeps_the_strict_policy(visit: Open) -> None:
    page = visit(f"/reports/overview/traffic/?period={PERIOD}")

    expect(page.locator("[data-z-panel] table")).to_have_count(6)
    expect(page.locator(".uplot")).to_be_visible()
