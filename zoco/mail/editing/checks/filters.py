"""What filters of large mailboxes take for a sign of spam: each rule with the name under which it is known.

Rules are those of SpamAssassin 4 that a letter of a shop may meet by mistake, and what law says of subjects.
A letter that meets none may still be taken for spam: what counts more is who sends it, and who complains.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from zoco.mail.editing.checks.found import Check
from zoco.mail.editing.checks.pages import Page

SHORTENERS = frozenset({
    "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "rb.gy", "rebrand.ly",
    "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com",
})  # fmt: skip
"""Hosts that spam hides behind. Short links of your own host are not among them."""
FEW_WORDS = 1_200
_STEP = 400
_HOST = re.compile(r"(?:https?://)?([\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?:[/:?#]|\Z)", re.I)
_NUMBERS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\Z|\d{6,}\Z|0x[0-9a-f]+\Z", re.I)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `test` returns the name under which it is known, or nothing."""

    key: str
    test: Callable[[str, Page], str]
    words: Any
    do: Any


def filters_met(subject: str, page: Page, language: str) -> Iterator[Check]:
    """Give the rules that a letter meets."""
    for rule in RULES:
        if source := rule.test(subject, page):
            yield Check(rule.key, "warn", str(rule.words), str(rule.do), language, source=source)


def _capitals(subject: str, page: Page) -> str:
    letters = [each for each in subject if each.isalpha() and each.lower() != each.upper()]
    is_loud = len(letters) >= 10 and all(each.isupper() for each in letters) and " " in subject.strip()
    return "SpamAssassin SUBJ_ALL_CAPS" if is_loud else ""


def _signs(subject: str, page: Page) -> str:
    return "SpamAssassin PLING_QUERY" if "!" in subject and "?" in subject else ""


def _answer(subject: str, page: Page) -> str:
    is_false = re.match(r"\s*(re|fwd?|aw|rv)\s*:", subject, re.I)
    return "CAN-SPAM Act, 15 U.S.C. § 7704(a)(2)" if is_false else ""


def _pictures(subject: str, page: Page) -> str:
    if not page.pictures or page.words >= FEW_WORDS:
        return ""
    return f"SpamAssassin HTML_IMAGE_ONLY_{4 * (page.words // _STEP + 1):02d}"


def _hidden(subject: str, page: Page) -> str:
    return next(
        ("SpamAssassin HAS_SHORT_URL" for each, _words in page.links if _host(each) in SHORTENERS), ""
    )


def _numbers(subject: str, page: Page) -> str:
    is_met = any(_NUMBERS.match(_host(each)) for each, _words in page.links)
    return "SpamAssassin NORMAL_HTTP_TO_IP, NUMERIC_HTTP_ADDR" if is_met else ""


def _other(subject: str, page: Page) -> str:
    for address, words in page.links:
        shown, leads = _HOST.match(words), _host(address)
        if shown and " " not in words and leads and not _is_same(shown[1].lower(), leads):
            return "SpamAssassin SPOOFED_URL"
    return ""


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _is_same(one: str, other: str) -> bool:
    return one.removeprefix("www.") == other.removeprefix("www.")


RULES = (
    Rule(
        "subject-capitals",
        _capitals,
        _("The subject is written in capitals."),
        _("Write it as a sentence."),
    ),
    Rule(
        "subject-signs",
        _signs,
        _("The subject has an exclamation mark and a question mark."),
        _("Leave one of them out."),
    ),
    Rule(
        "subject-answer",
        _answer,
        _("The subject looks as if it answered or forwarded something."),
        _("Leave Re: or Fwd: out; a subject that deceives is forbidden in advertising."),
    ),
    Rule(
        "few-words",
        _pictures,
        _("There are pictures, and few words beside them."),
        _("Say in words what the pictures say: many mailboxes do not show them at first."),
    ),
    Rule(
        "short-links",
        _hidden,
        _("A link goes through a shortener that spam uses as well."),
        _("Link to the page itself, or by a short link of your own."),
    ),
    Rule(
        "number-links",
        _numbers,
        _("A link leads to a number in place of a host."),
        _("Link to the name of the host."),
    ),
    Rule(
        "other-host",
        _other,
        _("The words of a link show another host than the one that it leads to."),
        _("Say in words where it leads, or show the host that it leads to."),
    ),
)
