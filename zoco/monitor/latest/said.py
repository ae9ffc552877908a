"""Facts and refusals as lines that people read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import value_label
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.facts import explained
from zoco.monitor.facts import REFUSED
from zoco.monitor.latest.reads import aware

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
LATE = timedelta(seconds=10)
PROPS_LONGEST = 2_000
MEND = {
    "unknown_host": gettext_noop("Add the host to the host names of its site."),
    "too_large": gettext_noop("Send fewer facts in a request, or shorter ones."),
    "too_many": gettext_noop("Send at most 100 facts in a request."),
    "bad_json": gettext_noop(
        "Send JSON as the guide on the tracker describes it; the answer names the field."
    ),
    "bad_url": gettext_noop("Send the whole address of the page, with https://."),
    "bad_title": gettext_noop("Shorten the title to 500 characters."),
    "bad_id": gettext_noop("Leave the id out, or send a UUID."),
    "bad_number": gettext_noop(
        "Look at the numbers that your pages send; the browser's console names the field."
    ),
    "bad_event": gettext_noop("Name the event with up to 64 letters, digits, spaces and . : / -"),
    "bad_props": gettext_noop(
        "Send fewer or shorter properties, at most 16,384 bytes and eight levels deep."
    ),
    "bad_subject": gettext_noop("Name the product as subject, and send no money with it."),
    "bad_money": gettext_noop("Send the amount as text, such as 59.90, with its currency, such as EUR."),
    "too_old": gettext_noop("See whether the sender's clock is right."),
    "no_salt": gettext_noop("See on the page Health whether the worker runs."),
    "not_written": gettext_noop("See on the page Health whether there is room on the disk."),
    "bad_consent": gettext_noop("Send the choice with its proof as the guide on the tracker describes it."),
    "bad_person": gettext_noop("Sign the person on your server anew, as the guide on identity describes it."),
    "no_consent": gettext_noop("Join a person only after the visitor consented."),
    "blocked_address": gettext_noop("Nothing: the address is on the site's block list."),
    "blocked_country": gettext_noop("Nothing: the country is on the site's block list."),
    "blocked_page": gettext_noop("Nothing: the page is on the site's block list."),
    "blocked_host": gettext_noop("Nothing: the host name is on the site's block list."),
    "privacy_signal": gettext_noop("Nothing: the browser asks not to be followed, and the site honours it."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact or refusal. `why_url` explains the source channel; `mend` says what to do about a refusal."""

    id: str
    at: str
    late: str
    name: str
    subject: str
    address: str
    title: str
    visitor: str
    is_mine: bool
    verdict: str
    reason: str
    is_refusal: bool
    mend: str
    channel: str
    why_url: str
    props: str


def line(row: dict[str, Any], site: SiteInfo, mine: frozenset[int]) -> Line:
    """Write a row in the language in force."""
    at, came = aware(row["occurred_at"]), aware(row["received_at"])
    is_refusal = row["name"] == REFUSED
    mend = MEND.get(row["reason"], "") if is_refusal else ""
    return Line(
        id=str(row["id"]),
        at=formats.moment(came.astimezone(ZoneInfo(site.zone)), seconds=True),
        late=_("happened %(at)s") % {"at": formats.moment(at.astimezone(ZoneInfo(site.zone)), seconds=True)}
        if came - at > LATE
        else "",
        name=_times(row) if is_refusal else value_label("name", "name", row["name"]),
        subject=_subject(row),
        address=f"{row['host']}{row['path']}",
        title=row["title"],
        visitor=mark(row["visitor"]),
        is_mine=row["visitor"] in mine,
        verdict=_("Not counted") if is_refusal else value_label("verdict", "verdict", row["verdict"]),
        reason=value_label("reason", "text", row["reason"]) if row["reason"] else "",
        is_refusal=is_refusal,
        mend=_(mend) if mend else "",
        channel=value_label("channel", "channel", row["channel"]) if row["channel"] else "",
        why_url=explained("channel", site, row) if row["channel"] else "",
        props=_props(row["props"]),
    )


def mark(visitor: int) -> str:
    """Return six letters by which a visitor is known again on the page, "" for none."""
    if not visitor:
        return ""
    letters = ""
    for _number in range(6):
        visitor, digit = divmod(visitor, len(LETTERS))
        letters = LETTERS[digit] + letters
    return letters


def _times(row: dict[str, Any]) -> str:
    words = ngettext("Refused %(times)s time", "Refused %(times)s times", row["quantity"])
    return words % {"times": formats.count(row["quantity"])}


def _subject(row: dict[str, Any]) -> str:
    parts = [row["subject"], str(row["status"]) if row["status"] >= 400 else ""]
    parts.append(formats.money_charged(row["amount"], row["currency"]) if row["amount"] else "")
    return " · ".join(part for part in parts if part)


def _props(text: Any) -> str:
    """Return the properties as they were sent, one a line; they are untrusted text."""
    found = json.loads(text) if isinstance(text, str) else text
    if not found:
        return ""
    return json.dumps(found, ensure_ascii=False, indent=1)[:PROPS_LONGEST]
