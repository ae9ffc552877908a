"""Prints: a letter that leaves to one person is kept as it is, its links counted, and read in the browser."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from zoco.channels.models import Message
from zoco.consent.public.tokens import Links
from zoco.mail.counting.links import LANGUAGE, Rewriter, home, letter_links, rewriter
from zoco.mail.counting.tokens import tokens_made
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.prints import Copy, Print
from zoco.mail.editing.reads import draft_of, letter_base, look_read
from zoco.mail.letters.compiling import Compiled, compiled
from zoco.mail.letters.drafts import Draft
from zoco.mail.letters.still import stilled, thawed
from zoco.people.models import Person
from zoco.sites.models import Hostname

COMPILED_MOST = 64
ONLINE = "links.online"
UNSENT_WITHIN = timedelta(days=1)
"""A copy that has no message by then is of a process that was killed before it claimed one."""


def print_made(*, letter: Letter, edition: Edition, at: datetime, is_counted: bool = True) -> Print:
    """Return an edition as it is now, kept once for all who get it so. Raises LetterWrong, PlaceholderWrong.

    `is_counted` False: its links lead straight to their pages, whatever the letter wants.
    """
    draft = stilled(draft_of(edition, look=look_read(letter.look), base=letter_base(letter)))
    is_counted = is_counted and letter.is_counted
    said = json.dumps([draft, is_counted, home()], sort_keys=True, ensure_ascii=False)
    digest = blake2b(said.encode(), digest_size=20).hexdigest()
    found = Print.objects.filter(letter=letter, digest=digest).first()
    if found is not None:
        return found
    with transaction.atomic():
        made, _is_new = Print.objects.get_or_create(
            letter=letter,
            digest=digest,
            defaults={
                "language": edition.language,
                "draft": draft,
                "is_counted": is_counted,
                "made_at": at,
            },
        )
        if is_counted:
            lead = _lead(made)
            compiled(*thawed([made.draft]), link=lead)
            lead.keep()
    return made


def print_ready(made: Print) -> Compiled:
    """Return a print ready for its readers, with links that are counted where it wants that."""
    return _ready(made.pk, made.digest, home())


@lru_cache(maxsize=COMPILED_MOST)
def _ready(pk: int, digest: str, base: str) -> Compiled:
    made = Print.objects.get(pk=pk, digest=digest)
    (draft,) = thawed([made.draft])
    if not made.is_counted:
        return compiled(draft)
    lead = _lead(made)
    return compiled(draft, link=lead, foot=lead.foot)


@lru_cache(maxsize=COMPILED_MOST)
def print_seen(pk: int, digest: str) -> Compiled:
    """Return a print as it is read in the browser: links lead straight to their pages."""
    return compiled(*thawed([Print.objects.get(pk=pk, digest=digest).draft]))


def print_draft(made: Print) -> Draft:
    """Return what a print says."""
    (draft,) = thawed([made.draft])
    return draft


def _lead(made: Print) -> Rewriter:
    language = made.language if LANGUAGE.fullmatch(made.language) else re.split("[-_]", made.language)[0]
    names = tuple(Hostname.objects.values_list("name", flat=True))
    return rewriter(batch=made.number, language=language, home=home(), hostnames=names)


def copy_keep(
    *, made: Print, message: UUID, way: Copy.Way, data: Mapping[str, Any], at: datetime, journey: int | None
) -> None:
    """Write down of which print a message is, before it leaves; twice is once.

    On a journey it is made anew each time that it is tried, and so may be of another print by then.
    """
    asked = print_ready(made).asked
    is_kept = ONLINE in asked.names and any(name.startswith("data.") for name in asked.names)
    said = dict(data) if is_kept and data else None
    row = Copy(message_id=message, print=made, way=way, journey_id=journey, data=said, at=at)
    Copy.objects.bulk_create([row], ignore_conflicts=True)
    if journey is not None:
        waits = Copy.objects.filter(message__uid=message, message__state=Message.State.WAITS)
        waits.exclude(print=made).update(print=made, data=said)


def copy_drop(*, message: UUID) -> None:
    """Forget the copy of a message that never was one: erasing and giving find copies by their messages."""
    _unsent(Copy.objects.filter(message_id=str(message))).delete()


def _unsent(copies: QuerySet[Copy]) -> QuerySet[Copy]:
    return copies.exclude(Exists(Message.objects.filter(uid=OuterRef("message_id"))))


def copies_forget(*, now: datetime, days: int) -> int:
    """Forget what programs gave for letters that never left or whose links ended; returns of how many."""
    _unsent(Copy.objects.filter(data__isnull=False, at__lt=now - UNSENT_WITHIN)).delete()
    old = Copy.objects.filter(data__isnull=False, at__lt=now - timedelta(days=days))
    return old.update(data=None)


def single_links(*, person: Person, topic: str, message: UUID, batch: int, now: datetime) -> dict[str, str]:
    """Return the links of one reader's letter: ways out, itself in the browser, and what counts them."""
    tokens = tokens_made(messages=[message], batch=batch, at=now)[0]
    return letter_links(
        Links(on=now.date(), base=home()), tokens, person=person, topic=topic, message=message
    )
