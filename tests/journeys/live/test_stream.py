"""The stream of a running product: it ends with the log-in and with the process."""

import http.client
import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.live.screen import Enter, appears, live, overview
from tests.operate.running import Running, until

pytestmark = [pytest.mark.browser, pytest.mark.alone, pytest.mark.timeout(300)]


def cookies(context: BrowserContext) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in context.cookies())


def listen(running: Running, cookie: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=90)
    given = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"} | headers
    connection.request("GET", "/live?site=shop&site=nothing", headers=given)
    return connection.getresponse()


def test_stream_ends_after_the_log_out(enter: Enter, running: Running) -> None:
    context = enter("kim")
    answer = listen(running, cookies(context))
    assert answer.status == 200
    page = overview(context)
    began = time.monotonic()
    page.get_by_role("button", name="kim").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/admin/login/**")

    said = answer.read().decode()

    assert time.monotonic() - began < 60
    assert said.endswith("event: end\ndata: access\n\n")
    told = [json.loads(line[6:]) for line in said.splitlines() if line.startswith("data: {")]
    assert {slug for each in told for slug in (*each["facts"], *each["people"])} <= {"shop"}
    assert listen(running, cookies(context)).status == 403


def test_a_restart_ends_open_streams_at_once_and_the_browser_comes_back(
    enter: Enter, running: Running, tmp_path: Path
) -> None:
    context = enter("ana")
    opened = live(context)
    page = overview(context)
    expect(page.locator(".z-now")).to_have_text(re.compile("now"))
    appears(lambda: len(opened) == 1, page)
    pid = running.child("web-1")

    began = time.monotonic()
    subprocess.run(["kill", f"-{signal.SIGTERM.value}", str(pid)], check=True)
    until(lambda: running.child("web-1") not in (0, pid), 20)

    assert time.monotonic() - began < 4.5
    appears(lambda: len(opened) == 2, page, 20)
    page.close()
