"""Clicks laid over the letter: each link bears how many people followed it, and which share that is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

from django.db.models import Count

from zoco.ledger.pictures import formats
from zoco.mail.counting.figures import Share, share
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.scope import Scope
from zoco.mail.editing.prints import Print
from zoco.mail.editing.seeing import LINKS, data_sample
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import Draft
from zoco.mail.letters.message import seen
from zoco.mail.letters.still import thawed
from zoco.mail.sending.models import Leg
from zoco.mail.sending.reports.scopes import of_legs, of_prints

_MARKED = re.compile(r"<a\b[^>]*\bhref=\"#z-link-(\d+)\"[^>]*>", re.I)
_BADGE = (
    "display:inline-block;margin:0 4px 0 0;padding:1px 6px;border-radius:9px;background:#7a1f5c;"
    "color:#ffffff;font:600 12px/1.4 Helvetica,Arial,sans-serif;text-decoration:none;letter-spacing:0"
)


@dataclass(frozen=True, slots=True)
class Followed:
    """A link of a letter, counted from 1, and the readers who followed it."""

    number: int
    address: str
    people: Share


@dataclass(frozen=True, slots=True)
class Mapped:
    """One language of a letter as it left, with its links."""

    draft: Draft
    links: Sequence[Followed]


def mapped_leg(leg: Leg, language: str) -> Mapped | None:
    """Return one language of what left to many; None where it did not leave in that language."""
    drafts = {each.language: each for each in thawed(leg.editions)}
    if leg.batch_id is None or language not in drafts:
        return None
    return Mapped(drafts[language], _followed(of_legs([leg]), leg.batch_id, language))


def mapped_print(made: Print) -> Mapped:
    """Return what left one by one."""
    (draft,) = thawed([made.draft])
    return Mapped(draft, _followed(of_prints([made]), made.number, None))


def _followed(scope: Scope, batch: int, language: str | None) -> list[Followed]:
    kept = LetterLink.objects.filter(batch=batch).order_by("number")
    looks = Look.objects.filter(batch=batch, kind=Look.Kind.CLICK, verdict=Look.Verdict.PERSON)
    if language is not None:
        kept, looks = kept.filter(language=language), looks.filter(language=language)
    looks = looks.filter(message__in=scope.sent.values("uid")).order_by()
    people = dict(looks.values_list("number").annotate(n=Count("message", distinct=True)))
    readers = looks.values("message").distinct().count()
    return [
        Followed(number, address, share(people.get(number, 0), readers))
        for number, address in kept.values_list("number", "address")
    ]


def page_mapped(mapped: Mapped) -> str:
    """Return the letter with a badge on each link that is counted; blocks for some are all shown."""
    figures: Mapping[int, Followed] = {each.number: each for each in mapped.links}
    letter = compiled(
        replace(mapped.draft),
        link=lambda address, place: f"#z-link-{place + 1}" if place + 1 in figures else address,
    )
    values = {"links": LINKS, "data": data_sample(letter)}
    html = seen(letter, values, letter.conditions).html

    def badged(found: re.Match[str]) -> str:
        each = figures[int(found[1])]
        return f'{found[0]}<span style="{_BADGE}">{escape(badge(each))}</span>'

    return _MARKED.sub(badged, html)


def badge(each: Followed) -> str:
    """Return what stands on a link: the people, and their share of all who followed any."""
    part = formats.percent(each.people.value) if each.people.value is not None else ""
    return " · ".join(filter(None, (formats.count(each.people.count), part)))
