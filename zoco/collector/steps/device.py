"""What they use: class of device, browser and operating system.

By the user agent through ua-parser; client hints win where a browser sends them, because
Chrome's user agent no longer tells the truth about versions and models.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec

from zoco.collector.event import Event
from zoco.collector.steps.verdict import judge


class Device(NamedTuple):
    """Columns of the ledger; "" for what is not known."""

    device: str = ""
    browser: str = ""
    browser_version: str = ""
    os: str = ""
    os_version: str = ""


_TV = re.compile(
    r"smart-?tv|googletv|apple ?tv|hbbtv|netcast|web0s|tizen.*tv|roku|bravia|aft[a-z]{1,4}\b|crkey", re.I
)
_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|nexus (?:7|9|10)\b|sm-t\d|gt-p\d|xoom", re.I)
_PHONE = re.compile(
    r"mobi|iphone|ipod|windows phone|blackberry|bb10|symbian|series ?60"
    r"|midp|opera mini|up\.browser|palm|webos",
    re.I,
)
_DESKTOP = re.compile(r"windows|macintosh|mac os x|x11|linux|cros|bsd|sunos|haiku|os/2|amiga", re.I)
# So much of a hint is looked at: real ones are shorter, and whoever asks chooses the length.
LONGEST_HINT = 500
HINTS_BYTES = 2048
# Brands in sec-ch-ua that say nothing about the browser.
_NO_BRAND = re.compile(r"not.{0,3}a.{0,3}brand|^chromium$", re.I)
_BRAND = re.compile(r'"((?:[^"\\]|\\.)*)"\s*;\s*v="(\d+)')
_RENAMED = {"Google Chrome": "Chrome", "Microsoft Edge": "Edge", "Mac OS X": "macOS"}


@cache
def _resolver() -> Any:
    from ua_parser import Domain
    from ua_parser.loaders import load_lazy_builtins
    from ua_parser.regex import Resolver

    resolve = Resolver(load_lazy_builtins())
    return lambda user_agent: resolve(user_agent, Domain.USER_AGENT | Domain.OS)


def warm() -> None:
    """Build the parser now; the first question would pay for it."""
    device_of("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")


@lru_cache(maxsize=4096)
def device_of(user_agent: str | None) -> Device:
    """Return device, browser and system by the user agent alone; None: nobody wrote it down."""
    if user_agent is None:
        return Device()
    if user_agent in ("", "-"):
        return Device("bot")
    found = _resolver()(user_agent[:1024])
    browser, system = found.user_agent, found.os
    return Device(
        "bot" if judge(user_agent).verdict in ("bot", "ai") else _class(user_agent),
        _renamed(browser.family) if browser else "",
        (browser.major or "") if browser else "",
        _renamed(system.family) if system else "",
        ".".join(part for part in (system.major, system.minor) if part) if system else "",
    )


def hinted(device: Device, hints: Mapping[str, str]) -> Device:
    """Return the device corrected by client hints (names in lower case: sec-ch-ua-platform …)."""
    hints = {name: value[:LONGEST_HINT] for name, value in hints.items()}
    brands = hints.get("sec-ch-ua-full-version-list") or hints.get("sec-ch-ua", "")
    for name, major in _BRAND.findall(brands):
        if not _NO_BRAND.search(name):
            device = device._replace(browser=_renamed(name), browser_version=major)
            break
    system = hints.get("sec-ch-ua-platform", "").strip('"')
    if system:
        version = hints.get("sec-ch-ua-platform-version", "").strip('"')
        device = device._replace(os=_renamed(system), os_version=_windows(system, version))
    if hints.get("sec-ch-ua-mobile") == "?1" and device.device == "desktop":
        device = device._replace(device="phone")
    return device


def evidence_of(user_agent: str | None) -> str:
    """Return the user agent to keep: whole, unless somebody sent more than 1024 characters."""
    return "" if user_agent in (None, "-") else user_agent[:1024]


def hints_text(hints: Mapping[str, str]) -> str:
    """Return hints to keep as evidence: whole or not at all, for half of them cannot be read again."""
    text = msgspec.json.encode(dict(hints)) if hints else b""
    return text.decode() if len(text) <= HINTS_BYTES else ""


def _renamed(name: str) -> str:
    return _RENAMED.get(name, name)


def _windows(system: str, version: str) -> str:
    """Turn the platform version of Windows into the name people know (13 and up is 11)."""
    major = version.partition(".")[0][:4]
    if system == "Windows" and major.isascii() and major.isdigit():
        return "11" if int(major) >= 13 else "10" if int(major) else ""
    return ".".join(version.split(".")[:2])


def _class(user_agent: str) -> str:
    if _TV.search(user_agent):
        return "tv"
    android_tablet = "Android" in user_agent and "Mobile" not in user_agent
    if _TABLET.search(user_agent) or android_tablet:
        return "tablet"
    if _PHONE.search(user_agent):
        return "phone"
    return "desktop" if _DESKTOP.search(user_agent) else ""


def step(event: Event) -> Event:
    """Set device, browser and system, and keep the user agent and hints as evidence."""
    found = device_of(event.user_agent)
    found = hinted(found, event.hints) if event.hints else found
    fact = event.fact
    fact.device, fact.browser, fact.browser_version, fact.os, fact.os_version = found
    fact.user_agent = evidence_of(event.user_agent)
    fact.client_hints = hints_text(event.hints)
    return event
