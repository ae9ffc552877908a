"""The check of an installation against real pages on loopback: each fault by its name."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from zoco.ledger.sitebook import SiteInfo
from zoco.sites.installing.checking import Checked, place_of_facts, site_check
from zoco.sites.installing.policy import CONNECT, SCRIPT, blocking, policies_of
from zoco.sites.installing.said import SAID, line
from zoco.sites.tests.installing.pages import Pages, serving

SITE = SiteInfo(1, "shop", "Shop", "UTC", "EUR", 0, "tracker", False, ("127.0.0.1",), tracker="/3f9c0a.js")
BLOG = replace(SITE, id=2, slug="blog", name="Blog", hostnames=("localhost",), tracker="/77aa00.js")
TAG = '<script defer src="/3f9c0a.js"></script>'


@pytest.fixture(autouse=True)
def _loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8,::1/128")


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with serving("3f9c0a") as server:
        server.there["/77aa00.js"], server.there["/77aa00"] = (
            server.there["/3f9c0a.js"],
            server.there["/3f9c0a"],
        )
        server.there["/page.js"] = (200, {"content-type": "text/html"}, b"<h1>zoco</h1>")
        yield server


def checked(url: str) -> Checked:
    return site_check(SITE, [SITE, BLOG], url)


def keys(url: str) -> list[str]:
    return [each.key for each in checked(url).findings]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (TAG, ["good"]),
        ('<script defer src="{url}/3f9c0a.js"></script>', ["good"]),
        ("<script>var a = '<script src=/3f9c0a.js>';</script>" + TAG, ["good"]),
        (TAG + '<noscript><img src="/3f9c0a.gif"></noscript>', ["good"]),
        ('<script src="/other.js"></script>', ["no_tag"]),
        ("", ["no_tag"]),
        (f"<!-- {TAG} -->", ["in_comment"]),
        (f"<noscript>{TAG}</noscript>", ["in_noscript"]),
        (f"<template>{TAG}</template>", ["in_template"]),
        ('<script type="text/plain" data-category="statistics" src="/3f9c0a.js"></script>', ["not_run"]),
        (TAG + TAG, ["doubled"]),
        (TAG + '<script src="/z.js"></script>', ["doubled"]),
        ('<script defer src="/77aa00.js"></script>', ["tag_of_another"]),
        ('<script defer src="/z.js"></script>', ["known_name"]),
        ('<script defer src="/3f9c0a.js" data-to="/3f9c0a"></script>', ["good"]),
        ('<script defer src="/3f9c0a.js" data-to="/facts"></script>', ["to_wrong"]),
        ('<script defer src="/sub/3f9c0a.js"></script>', ["script_status", "facts_other"]),
        ('<base href="/sub/"><script defer src="3f9c0a.js"></script>', ["script_status", "facts_other"]),
        (
            '<script defer src="http://127.0.0.1:9/3f9c0a.js"></script>',
            ["script_unreachable", "facts_unreachable"],
        ),
        (
            "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self'; connect-src 'none'\">"
            + TAG,
            ["connect_blocked"],
        ),
        ('<scr<script><p"<!--' + TAG, ["no_tag"]),
    ],
)
def test_each_fault_has_a_name(pages: Pages, head: str, found: list[str]) -> None:
    assert keys(pages.put(head.replace("{url}", pages.url))) == found


def test_what_the_policy_in_the_header_forbids(pages: Pages) -> None:
    policy = "default-src 'self'; script-src 'nonce-abc'"
    forbidden = checked(pages.put(TAG, content_security_policy=policy))
    allowed = keys(pages.put(TAG.replace("defer", 'nonce="abc"'), content_security_policy=policy))

    [finding] = forbidden.findings
    assert (finding.key, finding.values["rule"]) == ("script_blocked", "script-src 'nonce-abc'")
    assert allowed == ["good"]


@pytest.mark.parametrize(
    ("header", "names", "url", "is_allowed"),
    [
        ("", SCRIPT, "https://z.example/z.js", True),
        ("img-src 'none'", SCRIPT, "https://z.example/z.js", True),
        ("default-src 'self'", SCRIPT, "https://shop.example/z.js", True),
        ("default-src 'self'", SCRIPT, "https://z.example/z.js", False),
        ("default-src 'none'; script-src z.example", SCRIPT, "https://z.example/z.js", True),
        ("script-src *.example", SCRIPT, "https://z.example/z.js", True),
        ("script-src *.z.example", SCRIPT, "https://z.example/z.js", False),
        ("script-src https:", SCRIPT, "https://z.example/z.js", True),
        ("script-src http://z.example", SCRIPT, "https://z.example/z.js", True),
        ("script-src z.example:8443", SCRIPT, "https://z.example/z.js", False),
        ("script-src z.example/js/", SCRIPT, "https://z.example/z.js", False),
        ("script-src z.example/z.js", SCRIPT, "https://z.example/z.js", True),
        ("script-src * 'strict-dynamic'", SCRIPT, "https://z.example/z.js", False),
        ("script-src 'none'; script-src-elem *", SCRIPT, "https://z.example/z.js", True),
        ("script-src *, script-src 'self'", SCRIPT, "https://z.example/z.js", False),
        ("default-src 'self'; connect-src *", CONNECT, "https://z.example/e", True),
        ("default-src 'self'; script-src *", CONNECT, "https://z.example/e", False),
        ("connect-src", CONNECT, "https://shop.example/e", False),
    ],
)
def test_policies(header: str, names: tuple[str, ...], url: str, is_allowed: bool) -> None:
    assert (blocking(policies_of(header, []), names, url, "https://shop.example/") == "") is is_allowed


def test_hosts_of_nobody_and_of_another_site_and_redirects(pages: Pages) -> None:
    pages.put(TAG)
    pages.there["/gone"] = (302, {"location": f"http://localhost:{pages.server_port}/"}, b"")
    pages.there["/loop"] = (302, {"location": "/loop"}, b"")

    assert keys(f"http://localhost:{pages.server_port}/") == ["host_of_another"]
    assert keys(f"{pages.url}/gone") == ["led_elsewhere", "host_of_another"]
    assert [each.key for each in site_check(SITE, [SITE], f"{pages.url}/gone").findings][1] == "host_unknown"
    assert keys(f"{pages.url}/loop") == ["unreachable"]


def test_what_is_no_page(pages: Pages) -> None:
    assert keys(f"{pages.url}/nothing") == ["status"]
    assert keys(f"{pages.url}/3f9c0a.js") == ["not_html"]
    assert keys(pages.put('<script src="/a/../page.js"></script>')) == ["no_tag"]


def test_a_script_that_is_no_tracker(pages: Pages) -> None:
    site = replace(SITE, tracker="/page.js")

    found = site_check(site, [site], pages.put('<script src="/page.js"></script>')).findings
    assert [each.key for each in found] == ["script_other", "facts_other"]


def test_nothing_is_sent_to_where_facts_go(pages: Pages) -> None:
    pages.asked.clear()

    checked(pages.put(TAG))

    assert pages.asked == [("GET", "/"), ("GET", "/3f9c0a.js"), ("GET", "/3f9c0a")]


def test_hosts_that_cannot_be_reached(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert keys(closed) == ["unreachable"]
    assert keys(f"https://127.0.0.1:{pages.server_port}/") == ["tls"]
    assert keys("ftp://127.0.0.1/") == keys("http://a b/") == ["refused"]
    monkeypatch.delenv("ZOCO_PRIVATE_NETWORKS")
    assert keys(pages.url) == ["refused"]


def test_a_page_that_does_not_come_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from zoco.kit.http import Limits
    from zoco.sites.installing import checking

    monkeypatch.setattr(checking, "PAGE", Limits(seconds=0.3))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        assert keys(f"http://127.0.0.1:{silent.getsockname()[1]}/") == ["timeout"]


def test_every_finding_has_words_that_name_its_values(pages: Pages) -> None:
    values = dict.fromkeys(("detail", "status", "type", "asked", "host", "site", "path"), "x")
    values |= dict.fromkeys(("count", "rule", "source", "url"), "x")
    from zoco.sites.installing.checking import Finding

    assert all("%" not in line(Finding(key, "bad", values)).found for key in SAID)
    assert json.dumps([line(each).mend for each in checked(pages.put("")).findings]).count("/3f9c0a.js") == 1


def test_where_facts_go_is_what_the_tracker_works_out() -> None:
    assert place_of_facts("https://z.example/z.js") == "https://z.example/e"
    assert place_of_facts("https://z.example/a/3f9c0a.js") == "https://z.example/a/3f9c0a"


@pytest.mark.parametrize(
    ("html", "type"),
    [
        ("<a " * 40_000, "text/html"),
        ('<script src="/z.js' + "?.js" * 20_000 + '\n!"></script>', "text/html"),
        ("é" * 20_000, "text/html; charset=punycode"),
        ('<script src="/z.js"></script>', "text/html; charset=idna"),
        ('<base href="http://["><script src="/z.js"></script>', "text/html"),
        ('<script src="http://127.0.0.1:99999/z.js"></script>', "text/html"),
    ],
)
def test_a_hostile_page_ends_the_check_and_nothing_else(pages: Pages, html: str, type: str) -> None:
    pages.there["/hostile"] = (200, {"content-type": type}, html.encode())
    began = time.process_time()

    found = keys(f"{pages.url}/hostile")

    assert time.process_time() - began < 3
    assert found
