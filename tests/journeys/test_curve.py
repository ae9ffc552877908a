"""The axis of a curve as it is drawn: by what is on the canvas, in languages with wide and narrow letters."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
THREE_DAYS = "/reports/traffic/?period=2015-05-18..2015-05-20"
FOUR_MONTHS = "/reports/traffic/?period=2015-02-01..2015-05-20&grain=month"


def margins(page: Page) -> tuple[int, int]:
    """Return how many pixels at the left and at the right of the labels of the time axis are empty."""
    expect(page.locator(".uplot canvas")).to_be_visible()
    left, right = page.evaluate(
        """() => {
            const canvas = document.querySelector(".uplot canvas");
            const strip = canvas.getContext("2d").getImageData(0, canvas.height - 24, canvas.width, 24);
            const inked = [];
            for (let at = 3; at < strip.data.length; at += 4) {
                if (strip.data[at]) inked.push(((at - 3) / 4) % canvas.width);
            }
            return [Math.min(...inked), canvas.width - 1 - Math.max(...inked)];
        }"""
    )
    return left, right


@pytest.mark.parametrize("locale", ["zh-CN", "ru-RU", "es-ES", "en-GB"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", [THREE_DAYS, FOUR_MONTHS], ids=["days", "months"])
def test_the_outer_labels_are_whole(visit: Open, path: str, width: int, locale: str) -> None:
    page = visit(path, width=width, locale=locale)

    assert min(margins(page)) >= 1


def test_they_are_whole_in_a_window_that_grew(visit: Open) -> None:
    page = visit(FOUR_MONTHS, width=390, locale="zh-CN")
    narrow = page.locator(".uplot canvas").bounding_box()

    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator(".uplot canvas")).not_to_have_css("width", f"{narrow['width']:g}px")  # type: ignore[index]

    assert min(margins(page)) >= 1


def test_what_the_server_draws_is_as_wide_as_the_screen(visit: Open) -> None:
    page = visit(FOUR_MONTHS, width=390)
    page.route("**/curve*.js", lambda route: route.fulfill(content_type="text/javascript", body=""))
    page.reload()
    shown = page.locator(".z-curve svg:visible")

    expect(shown).to_have_count(1)
    assert shown.evaluate("svg => svg.getScreenCTM().a") >= 0.9, "letters of 12 pixels stay above 10"
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("viewBox", "0 0 960 230")
