"""Links of letters: whose answer it will be stands in the link, signed as the ways out of letters are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from zoco.consent.public.tokens import LinkWrong, person_mark, signed, unsigned
from zoco.people.models import Person
from zoco.people.standing import standing_for
from zoco.surveys.models import Survey

HOLDS_DAYS = 400
_SAID = re.compile(r"survey\.(\d{1,18})\.([1-9]\d{0,17})-([\w-]{6})\.([1-9]\d{0,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link invites: the person by key, as he stands now."""

    person: int


def token_make(*, survey: int, person: Person, on: date) -> str:
    """Return what stands in the link of a person's letter."""
    return signed(f"survey.{survey:d}.{person.pk:d}-{person_mark(person)}.{on.toordinal():d}")


def link_make(*, survey: Survey, person: Person, on: date) -> str:
    """Return the address of a survey for one person; `?q1=9` behind it has that number chosen."""
    token = token_make(survey=survey.pk, person=person, on=on)
    root = str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")
    return root + reverse("zoco_survey_letter", args=[survey.key, token])


def token_read(token: str, *, survey: int, on: date) -> Invited:
    """Return whom a token invites. Raises LinkWrong where it is forged, old, or its person is gone."""
    found = _SAID.fullmatch(unsigned(token))
    if found is None or int(found[1]) != survey:
        raise LinkWrong("It is of another survey.")
    if on.toordinal() > int(found[4]) + HOLDS_DAYS:
        raise LinkWrong("It is too old.")
    person = Person.objects.filter(pk=int(found[2])).first()
    now = standing_for(int(found[2])) if person is not None and person_mark(person) == found[3] else None
    if now is None:
        raise LinkWrong("Nobody has this number any more.")
    return Invited(now)
