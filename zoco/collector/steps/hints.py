"""Where client hints say something else than the user agent: a program that wears another's name.

Chromium sends both from one place, so they agree (W3C, User-Agent Client Hints, section 3); Firefox and
Safari send no hints. What browsers are known to write differently on purpose is let pass.
"""

import re
from collections.abc import Mapping

from zoco.collector.steps.verdict import HUMAN, Judgement, judge

CONTRADICTION = "client hints contradict the user agent"
HINTS_LOOKED_AT = 500
_BRAND = re.compile(r'"(Chromium|HeadlessChrome)"\s*;\s*v="(\d{1,4})')
_CHROME = re.compile(r"(?:Chrome|Chromium)/(\d{1,4})")
_SYSTEMS = (("Windows NT", "Windows"), ("Macintosh", "macOS"), ("Android", "Android"))
_OF_DESKS = frozenset(("Windows", "macOS"))
VERSIONS_APART = 1


def judge_browser(user_agent: str | None, hints: Mapping[str, str]) -> Judgement:
    """Return the verdict on a user agent and its client hints (names in lower case)."""
    judged = judge(user_agent)
    if judged.verdict != "human" or not hints or not user_agent:
        return judged
    brands = hints.get("sec-ch-ua", "")[:HINTS_LOOKED_AT]
    if "HeadlessChrome" in brands:
        return Judgement("headless", "HeadlessChrome")
    if _is_other_engine(user_agent, brands) or _is_other_version(user_agent, brands):
        return Judgement("headless", CONTRADICTION)
    system = hints.get("sec-ch-ua-platform", "")[:HINTS_LOOKED_AT].strip('"')
    return Judgement("headless", CONTRADICTION) if _is_other_system(user_agent, system) else HUMAN


def _is_other_engine(user_agent: str, brands: str) -> bool:
    """Say whether Chromium speaks in the hints of a browser that is none."""
    return '"Chromium"' in brands and not _CHROME.search(user_agent[:1_024])


def _is_other_version(user_agent: str, brands: str) -> bool:
    said, meant = _CHROME.search(user_agent[:1_024]), _BRAND.search(brands)
    if said is None or meant is None:
        return False
    return abs(int(said[1]) - int(meant[2])) > VERSIONS_APART


def _is_other_system(user_agent: str, system: str) -> bool:
    """Say whether the hint names another system. Telephones that ask for the page of desks say Linux."""
    if not system or system == "Unknown":
        return False
    said = next((name for token, name in _SYSTEMS if token in user_agent), "")
    if said in _OF_DESKS:
        return system != said
    return said == "Android" and system in _OF_DESKS
