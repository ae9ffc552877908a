"""One letter to one person, through the one door: for programs, and as a test to oneself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.channels.contract import Content
from zoco.channels.delivering import deliver
from zoco.channels.domains.naming import domain_of
from zoco.channels.domains.verdicts import feedback_id
from zoco.channels.drafts import Draft, Fate, message_uid
from zoco.channels.mailing.accounts import mail_account_usual
from zoco.channels.models import Account
from zoco.kit import noting
from zoco.kit.said import Said
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.printing import (
    copy_drop,
    copy_keep,
    print_draft,
    print_made,
    print_ready,
    single_links,
)
from zoco.mail.editing.prints import Copy, Print
from zoco.mail.editing.seeing import data_sample, letter_seen
from zoco.mail.inbox.returning import verp_sender
from zoco.mail.letters.compiling import Compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import LetterWrong, language_chosen
from zoco.mail.letters.heads import leaving_headers
from zoco.mail.letters.message import Seen, seen
from zoco.mail.letters.placeholders import PlaceholderWrong
from zoco.mail.letters.values import data_held, values_of
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ABOUT = "letter"
ABOUT_TEST = "letter-test"


class CannotSend(Said, RuntimeError):
    """A letter cannot leave as things are; the message says what to do."""


class LetterUnready(LetterWrong):
    """Nobody can be sent the letter as it is, whoever it is: something that it shows is gone."""


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
    journey: int | None = None,
) -> Leaving:
    """Send a letter to one person: the same key twice is one message, whoever is killed in between.

    `journey` is the one on which it goes, if it does. Permission is asked as the letter's purpose wants it.
    Raises CannotSend, LetterUnready, LetterWrong, DraftWrong.
    """
    editions = list(letter.editions.order_by("pk"))
    if letter.is_archived or not editions:
        raise CannotSend(gettext_noop("The letter is put away, or says nothing in any language."))
    chosen = language_chosen(language or person.language, [each.language for each in editions])
    edition = next(each for each in editions if each.language == chosen)
    made, ready, holds = _ready(letter, edition, person, now)
    given = data_held(dict(data or {}))
    digest = blake2b(key.encode(), digest_size=20).hexdigest()
    key = f"letter-{letter.pk}-{digest}"
    uid = message_uid(key)
    links = single_links(person=person, topic=letter.topic, message=uid, batch=made.number, now=now)
    values = {**values_of([person])[person.pk], "links": links, "data": given}
    headers = _headers(letter, links["unsubscribe"], uid, now)
    read = seen(ready, values, holds)
    way = Copy.Way.PROGRAM if journey is None else Copy.Way.JOURNEY
    copy_keep(made=made, message=uid, way=way, data=given, at=now, journey=journey)
    try:
        return _sent(letter, person, key, read, headers, now, is_kept=journey is None)
    except Exception:  # nothing was claimed, and what a program gave would belong to nobody
        copy_drop(message=uid)
        raise


def _ready(
    letter: Letter, edition: Edition, person: Person, now: datetime
) -> tuple[Print, Compiled, frozenset[str]]:
    """Return what a letter is for all, and who reads which block. Raises LetterUnready."""
    try:
        made = print_made(letter=letter, edition=edition, at=now)
        ready = print_ready(made)
        return made, ready, conditions_held(ready.conditions, [person.pk])[person.pk]
    except LetterWrong as wrong:
        raise LetterUnready(wrong.words, **wrong.places) from wrong
    except PlaceholderWrong as wrong:
        raise LetterUnready(str(wrong)) from wrong


def letter_test(
    *, letter: Letter, edition: Edition, by: "User", nonce: str, now: datetime, seen_by: Person | None = None
) -> Leaving:
    """Send a letter to whoever writes it, as somebody else would read it: marked as a test, and not counted.

    Who has no person of his address yet becomes one: nothing leaves to an address alone. Raises CannotSend,
    LetterWrong, PlaceholderWrong, IdentityWrong.
    """
    if not by.email:
        raise CannotSend(
            gettext_noop("Your account has no e-mail address; an owner enters one in Settings → Users.")
        )
    named = identity_read("email", by.email)
    (written,) = people_write([Incoming((named,))], at=now)
    if written.person is None:
        raise CannotSend(gettext_noop("Your address belongs to nobody who can be written to."))
    me = written.person
    key = f"letter-test-{letter.pk}-{by.pk}-{nonce}"[:100]
    uid = message_uid(key)
    made = print_made(letter=letter, edition=edition, at=now, is_counted=False)
    links = single_links(person=me, topic=letter.topic, message=uid, batch=made.number, now=now)
    look = letter_seen(print_draft(made), person=seen_by or me, links=links)
    data = data_sample(look.letter)
    copy_keep(made=made, message=uid, way=Copy.Way.TEST, data=data, at=now, journey=None)
    subject = _("[Test] %(subject)s") % {"subject": look.seen.subject}
    marked = Seen(subject, look.seen.html, look.seen.text)
    left = _sent(letter, me, key, marked, {"X-Zoco-Test": "1"}, now, to=named.value)
    if left.fate.is_new:  # where an account may change its own address, anybody can be written to by it
        local, _at, domain = named.value.rpartition("@")
        details = {"tested_to": [None, f"{local[:1]}•••@{domain}"]}
        noting.note(action="changed", kind="zoco_mail.letter", name=letter.name, details=details, by=by)
    return left


def letter_account(letter: Letter) -> Account:
    """Return the account by which a letter leaves. Raises CannotSend."""
    account = letter.account or mail_account_usual()
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
    *,
    is_kept: bool = True,
) -> Leaving:
    """Hand a letter over; one that is not kept and has to wait leaves only when it is given again."""
    is_test = bool(to)
    content = Content(subject=read.subject, text=read.text, html=read.html, headers=headers)
    draft = Draft(
        key=key,
        account=letter_account(letter).pk,
        content=content if is_kept else lambda _uid: content,
        person=person.pk,
        purpose="transactional" if is_test else letter.purpose,
        topic="" if is_test else letter.topic,
        to=to,
        about_kind=ABOUT_TEST if is_test else ABOUT,
        about=str(letter.uid),
        subject=read.subject,
    )
    return Leaving(message_uid(key), deliver(draft, now=now))


def _headers(letter: Letter, leave: str, uid: UUID, now: datetime) -> dict[str, str]:
    """Return what mailboxes ask for, as letters of sendings have it. Raises CannotSend."""
    account = letter_account(letter)
    feedback = feedback_id(
        campaign=str(letter.uid)[:8],
        customer=letter.topic or letter.purpose,
        mailtype=letter.purpose,
        sender=domain_of(account.options.get("from_address", "")).replace(".", ""),
    )
    found = {"Feedback-ID": feedback}
    if letter.purpose == "marketing":
        mailto = verp_sender(uid, account.pk, on=now.date())
        found |= dict(leaving_headers(address=leave, mailto=mailto))
    return found
