"""A browser turns the second step on, logs in with it, uses a recovery code once, and makes a key."""

import hmac
import re
import time
from base64 import b32decode
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def totp(secret: str, steps: int = 0) -> str:
    """Compute the code as an authenticator does, with none of Zoco's code."""
    step = int(time.time()) // 30 + steps
    digest = hmac.digest(b32decode(secret.replace(" ", "")), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def log_in(page: Page) -> None:
    page.locator("input[name=username]").fill("ana")
    page.locator("input[name=password]").fill("hexagon-comb-12")
    page.locator("input[name=password]").press("Enter")


def answer(page: Page, code: str) -> None:
    page.get_by_label("Code of the authenticator").fill(code)
    page.get_by_role("button", name=re.compile("Log in|Turn on")).click()


def test_second_step_and_recovery_codes(visit: Any) -> None:
    page = visit("/admin/login/?next=/second-step/own/", signed_in=False)
    log_in(page)
    expect(page.get_by_role("img", name="Picture to scan")).to_be_visible()
    secret = page.locator("#secret").inner_text()
    answer(page, totp(secret, -1))
    expect(page.locator("#codes code")).to_have_count(10)
    codes = page.locator("#codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile(r"/admin/$"))

    other = visit("/admin/", signed_in=False)
    log_in(other)
    expect(other.get_by_role("heading", name="Second step")).to_be_visible()
    answer(other, "000000x")
    expect(other.get_by_text("This code is wrong, or it was used before.")).to_be_visible()
    answer(other, totp(secret))
    expect(other).to_have_url(re.compile(r"/admin/$"))

    for is_first in (True, False):
        third = visit("/admin/", signed_in=False)
        log_in(third)
        answer(third, codes[0])
        if is_first:
            expect(third).to_have_url(re.compile(r"/admin/$"))
        else:
            expect(third.get_by_text("This code is wrong, or it was used before.")).to_be_visible()


def test_key_and_log_of_changes_at_phone_width(visit: Any) -> None:
    page = visit("/admin/keys/new/", width=390)
    page.get_by_label("Name").fill("Sheet")
    page.get_by_label("Read reports").check()
    page.get_by_role("button", name="Make a key").click()
    token = page.locator("#token").inner_text()

    said = page.request.get(
        page.url.partition("/admin/")[0] + "/api/v1/sites", headers={"Authorization": f"Bearer {token}"}
    )
    assert said.status == 200
    page.goto(page.url.partition("/admin/")[0] + "/admin/changes/")
    expect(page.get_by_role("cell", name=re.compile("made a key"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
