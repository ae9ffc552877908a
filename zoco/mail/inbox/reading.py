"""Reading a mailbox: each mail once, whatever is killed when. What cannot be read is set aside.

A mail, what follows from it and how far the mailbox was read are written in one transaction; what becomes of
the mail on the server comes after it, and is made good by the next visit. The same bytes are one mail.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from zoco.channels.models import Message
from zoco.channels.sealing import SealBroken, opened, seal
from zoco.mail.answers.kinds import Answer, Kind
from zoco.mail.answers.reading import read
from zoco.mail.inbox import imap
from zoco.mail.inbox.following import follow, person_named
from zoco.mail.inbox.models import Arrival, Mailbox
from zoco.mail.inbox.returning import message_returned
from zoco.mail.inbox.saying import kept

log = logging.getLogger(__name__)
MOST = 500
"""Mails of one visit; the next one comes within a minute."""
WRITTEN_WITHIN = timedelta(days=7_305)
"""Twenty years: what says to be older than that, and answers no letter of ours, is of then."""


def nothing(_step: str) -> None:
    """Do nothing at a step."""


def password_seal(*, mailbox: Mailbox, password: str) -> None:
    """Keep a password, sealed for this mailbox."""
    mailbox.secrets = seal({"password": password}, account=str(mailbox.uid))


def mailbox_read(*, mailbox: Mailbox, now: datetime, at_step: Callable[[str], None] = nothing) -> int:
    """Read what is new; returns how much that was. What a server does wrong is written down, not raised."""
    failure, count = "", 0
    try:
        secrets = opened(mailbox.secrets, account=str(mailbox.uid))
        with imap.opened(
            host=mailbox.host,
            port=mailbox.port,
            encryption=mailbox.encryption,
            user=mailbox.user,
            secrets=secrets,
            folder=mailbox.folder,
        ) as folder:
            count = _read(mailbox, folder, now, at_step)
    except (imap.MailboxFailed, SealBroken) as failed:
        failure = kept(failed)
        log.warning("A mailbox could not be read. mailbox=%s", mailbox.pk)
    Mailbox.objects.filter(pk=mailbox.pk).update(checked_at=now, failure=failure)
    return count


def _read(mailbox: Mailbox, folder: imap.Folder, now: datetime, at_step: Callable[[str], None]) -> int:
    mailbox.refresh_from_db()
    is_same = folder.uid_validity == mailbox.uid_validity
    count = 0
    for uid in folder.after(mailbox.last_uid if is_same else 0)[:MOST]:
        raw = folder.fetched(uid)
        at_step("fetched")
        if raw is not None:
            count += _taken(mailbox, folder.uid_validity, uid, raw, now)
        at_step("taken")
    _put_away(mailbox, folder, at_step)
    return count


def _taken(mailbox: Mailbox, validity: int, uid: int, raw: bytes, now: datetime) -> bool:
    """Write down a mail and do what follows; one whose consequences fail is set aside."""
    try:
        return _written(mailbox, validity, uid, raw, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("A mail was set aside. mailbox=%s uid=%s", mailbox.pk, uid)
        return _written(mailbox, validity, uid, raw, now, wrong=type(error).__name__)


@transaction.atomic
def _written(mailbox: Mailbox, validity: int, uid: int, raw: bytes, now: datetime, wrong: str = "") -> bool:
    held = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if held.uid_validity == validity and held.last_uid >= uid:
        return False
    held.uid_validity, held.last_uid = validity, uid
    held.save(update_fields=["uid_validity", "last_uid"])
    digest = hashlib.sha256(raw).hexdigest()
    if Arrival.objects.filter(digest=digest).exists():
        return False
    arrival = Arrival(mailbox=held, uid_validity=validity, uid=uid, digest=digest, at=now)
    if wrong:
        arrival.kind, arrival.why = Arrival.Kind.UNREADABLE, wrong
        arrival.save()
        return True
    answer = read(raw)
    arrival.kind, arrival.why = answer.kind.value, answer.why.replace("\0", "")[:200]
    arrival.message = _message(held, answer, now)
    of_letter = arrival.message.person_id if arrival.message else None
    arrival.person_id = of_letter if of_letter else _person(answer)
    arrival.save()
    follow(arrival, answer, at=now, written_at=written_at(raw, arrival.message, now))
    arrival.save()
    return True


def written_at(raw: bytes, message: Message | None, now: datetime) -> datetime:
    """Return when a mail says that it was written: not before the letter that it answers, nor in the future.

    Where it says nothing that can be read, that is now.
    """
    try:
        said = parsedate_to_datetime(str(BytesHeaderParser().parsebytes(raw)["Date"] or ""))
    except (ValueError, OverflowError):
        return now
    said = said.replace(tzinfo=said.tzinfo or UTC)
    least = (message.done_at or message.created_at) if message else now - WRITTEN_WITHIN
    try:
        return min(max(said.astimezone(UTC), least), now)
    except OverflowError:
        return now


def _person(answer: Answer) -> int | None:
    return None if answer.kind in {Kind.BOUNCE, Kind.DELAYED} else person_named(answer)


def _message(mailbox: Mailbox, answer: Answer, now: datetime) -> Message | None:
    """Return the letter that a mail answers: by its signed address, else by the name of the letter."""
    found = message_returned(answer.sent_to, today=now.date())
    if found is not None:
        return found
    try:
        uid = UUID(answer.letter_id.strip("<> ").partition("@")[0])
    except ValueError:
        return None
    return Message.objects.filter(uid=uid, account__in=mailbox.accounts.all()).first()


def _put_away(mailbox: Mailbox, folder: imap.Folder, at_step: Callable[[str], None]) -> None:
    """Mark or move on the server what was read; what a killed reader left is among it."""
    rows = Arrival.objects.filter(mailbox=mailbox, uid_validity=folder.uid_validity, is_put_away=False)
    uids = list(
        rows.exclude(kind=Arrival.Kind.UNREADABLE).order_by("uid").values_list("uid", flat=True)[:MOST]
    )
    if not uids:
        return
    if mailbox.afterwards == Mailbox.Afterwards.MOVE:
        folder.move(uids, mailbox.read_folder)
    else:
        folder.mark_seen(uids)
    at_step("put away")
    rows.filter(uid__in=uids).update(is_put_away=True)
