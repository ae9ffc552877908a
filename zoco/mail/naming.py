"""What sendings, letters and journeys are called in a person's timeline, and what somebody replied."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from django.db import models

from zoco.mail.editing.models import Letter
from zoco.mail.editing.single import ABOUT as LETTER
from zoco.mail.editing.single import ABOUT_TEST
from zoco.mail.inbox.following import REPLIED
from zoco.mail.inbox.reads import replies_said
from zoco.mail.journeys.messages.step import ABOUT as JOURNEY
from zoco.mail.journeys.models import Journey
from zoco.mail.sending.following import ABOUT as SENDING
from zoco.mail.sending.models import Sending
from zoco.people.naming import SUBJECTS, WORDS, FactWords, SubjectNames


def _sendings(subjects: Sequence[str]) -> Mapping[str, str]:
    return _named(Sending, subjects)


def _letters(subjects: Sequence[str]) -> Mapping[str, str]:
    return _named(Letter, subjects)


def _journeys(subjects: Sequence[str]) -> Mapping[str, str]:
    return _named(Journey, subjects)


def _named(model: type[models.Model], subjects: Sequence[str]) -> dict[str, str]:
    uids = []
    for each in subjects:
        with suppress(ValueError):
            uids.append(UUID(each))
    rows = model._default_manager.filter(uid__in=uids).values_list("uid", "name")
    return {str(uid): name for uid, name in rows}


SUBJECTS.add(SubjectNames(SENDING, _sendings))
SUBJECTS.add(SubjectNames(LETTER, _letters))
SUBJECTS.add(SubjectNames(ABOUT_TEST, _letters))
SUBJECTS.add(SubjectNames(JOURNEY, _journeys))
WORDS.add(FactWords(REPLIED, "zoco_mail.view_reply", replies_said))
