"""One letter to one person, through the one door: for programs, and as a test to oneself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft, Fate, message_uid
from zoco.channels.models import Account
from zoco.channels.reads import account_usual
from zoco.consent.public.tokens import Links
from zoco.kit.said import Said
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.reads import draft_of, letter_base, look_read
from zoco.mail.editing.seeing import letter_seen
from zoco.mail.letters.compiling import Compiled, compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import language_chosen
from zoco.mail.letters.message import Seen, seen
from zoco.mail.letters.values import data_held, values_of
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ABOUT = "letter"
ABOUT_TEST = "letter-test"
COMPILED_MOST = 64


class CannotSend(Said, RuntimeError):
    """A letter cannot leave as things are; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message's id and what became of it."""

    message: UUID
    fate: Fate


def letter_send(
    *,
    letter: Letter,
    person: Person,
    key: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    language: str = "",
) -> Leaving:
    """Send a letter to one person: the same key twice is one message, whoever is killed in between.

    Permission is asked as the letter's purpose wants it. Raises CannotSend, LetterWrong, DraftWrong.
    """
    editions = list(letter.editions.order_by("pk"))
    if letter.is_archived or not editions:
        raise CannotSend(gettext_noop("The letter is put away, or says nothing in any language."))
    chosen = language_chosen(language or person.language, [each.language for each in editions])
    edition = next(each for each in editions if each.language == chosen)
    ready = _ready(edition.pk, edition.changed_at, letter.changed_at, letter_base(letter))
    digest = blake2b(key.encode(), digest_size=20).hexdigest()
    key = f"letter-{letter.pk}-{digest}"
    links = _links(letter, person, key, now)
    values = {**values_of([person])[person.pk], "links": links, "data": data_held(dict(data or {}))}
    holds = conditions_held(ready.conditions, [person.pk])[person.pk]
    headers = _headers(links) if letter.purpose == "marketing" else {}
    return _sent(letter, person, key, seen(ready, values, holds), headers, now)


def letter_test(
    *, letter: Letter, edition: Edition, by: "User", nonce: str, now: datetime, seen_by: Person | None = None
) -> Leaving:
    """Send a letter to whoever writes it, as somebody else would read it, marked as a test.

    Who has no person of his address yet becomes one: nothing leaves to an address alone. Raises CannotSend,
    LetterWrong, PlaceholderWrong, IdentityWrong.
    """
    if not by.email:
        raise CannotSend(gettext_noop("Your account has no e-mail address; enter one in your account."))
    named = identity_read("email", by.email)
    (written,) = people_write([Incoming((named,))], at=now)
    if written.person is None:
        raise CannotSend(gettext_noop("Your address belongs to nobody who can be written to."))
    me = written.person
    key = f"letter-test-{letter.pk}-{by.pk}-{nonce}"[:100]
    draft = draft_of(edition, look=look_read(letter.look), base=letter_base(letter))
    read = letter_seen(draft, person=seen_by or me, links=_links(letter, me, key, now)).seen
    subject = _("[Test] %(subject)s") % {"subject": read.subject}
    marked = Seen(subject, read.html, read.text)
    return _sent(letter, me, key, marked, {"X-Zoco-Test": "1"}, now, to=named.value)


def letter_account(letter: Letter) -> Account:
    """Return the account by which a letter leaves. Raises CannotSend."""
    account = letter.account or account_usual("email")
    if account is None:
        raise CannotSend(gettext_noop("There is no account for mail yet; make one among the channels."))
    return account


def _sent(
    letter: Letter,
    person: Person,
    key: str,
    read: Seen,
    headers: Mapping[str, str],
    now: datetime,
    to: str = "",
) -> Leaving:
    is_test = bool(to)
    draft = Draft(
        key=key,
        account=letter_account(letter).pk,
        content=Content(subject=read.subject, text=read.text, html=read.html, headers=headers),
        person=person.pk,
        purpose="transactional" if is_test else letter.purpose,
        topic="" if is_test else letter.topic,
        to=to,
        about_kind=ABOUT_TEST if is_test else ABOUT,
        about=str(letter.uid),
    )
    return Leaving(message_uid(key), deliver(draft, now=now))


def _links(letter: Letter, person: Person, key: str, now: datetime) -> dict[str, str]:
    ways, uid = Links(on=now.date()), str(message_uid(key))
    leave = ways.unsubscribe(person=person.pk, topic=letter.topic, message=uid)
    return {"unsubscribe": leave, "preferences": ways.preferences(person=person.pk, message=uid)}


def _headers(links: Mapping[str, str]) -> dict[str, str]:
    """Return the way out for mailboxes (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{links['unsubscribe']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@lru_cache(maxsize=COMPILED_MOST)
def _ready(edition: int, edition_at: datetime, letter_at: datetime, base: str) -> Compiled:
    """Return an edition made ready, once as long as nobody changes it."""
    kept = Edition.objects.select_related("letter").get(pk=edition)
    return compiled(draft_of(kept, look=look_read(kept.letter.look), base=base))
