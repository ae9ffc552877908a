"""Client hints against the user agent: what contradicts it, and what must not be taken for it."""

import pytest

from zoco.collector.steps.hints import CONTRADICTION, judge_browser

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 {}Safari/537.36"
WINDOWS = CHROME.format("Windows NT 10.0; Win64; x64", "")
MAC = CHROME.format("Macintosh; Intel Mac OS X 10_15_7", "")
LINUX = CHROME.format("X11; Linux x86_64", "")
ANDROID = CHROME.format("Linux; Android 10; K", "Mobile ")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Safari/605.1.15"
)
BRANDS = '"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"'
OLDER = '"Chromium";v="120", "Not?A_Brand";v="8"'
NEXT = '"Chromium";v="142", "Not?A_Brand";v="8"'
HEADLESS = '"HeadlessChrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"'


@pytest.mark.parametrize(
    ("user_agent", "brands", "system", "reason"),
    [
        (WINDOWS, BRANDS, '"Windows"', ""),
        (MAC, BRANDS, '"macOS"', ""),
        (ANDROID, BRANDS, '"Android"', ""),
        (LINUX, BRANDS, '"Android"', ""),  # a telephone that asks for the page of desks
        (LINUX, BRANDS, '"Chrome OS"', ""),
        (WINDOWS, NEXT, '"Windows"', ""),  # an update between two requests
        (WINDOWS, "", "", ""),
        (WINDOWS, "nonsense", '""', ""),
        (FIREFOX, "", "", ""),
        (SAFARI, "", "", ""),
        (WINDOWS, BRANDS, '"Linux"', CONTRADICTION),
        (MAC, BRANDS, '"Windows"', CONTRADICTION),
        (ANDROID, BRANDS, '"Windows"', CONTRADICTION),
        (FIREFOX, BRANDS, '"Linux"', CONTRADICTION),
        (SAFARI, BRANDS, '"macOS"', CONTRADICTION),
        (WINDOWS, OLDER, '"Windows"', CONTRADICTION),
        (WINDOWS, HEADLESS, '"Windows"', "HeadlessChrome"),
    ],
)
def test_hints_against_user_agents(user_agent: str, brands: str, system: str, reason: str) -> None:
    hints = {"sec-ch-ua": brands, "sec-ch-ua-platform": system}

    assert judge_browser(user_agent, hints) == (("headless", reason) if reason else ("human", ""))


def test_a_name_weighs_more_than_hints() -> None:
    bot = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"

    assert judge_browser(bot, {"sec-ch-ua": HEADLESS}) == ("bot", "Googlebot")
