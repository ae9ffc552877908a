"""`read()`: what a message that came back is, and what it says."""

from zoco.mail.answers import amazon, marks, notices, people, reports
from zoco.mail.answers.judging import judged
from zoco.mail.answers.kinds import Answer, Complaint, Failure, Kind
from zoco.mail.answers.mime import Fields, Message, opened
from zoco.mail.answers.smtp import address_of, addresses_in, reply_in, status_in

ABOUT_MOST = 4000
NOT_COMPLAINTS = {"not-spam", "auth-failure", "dmarc", "dkim", "virus"}


def read(message: bytes) -> Answer:
    """Return what a message says. Never raises, whatever the bytes; what is not understood is UNKNOWN."""
    opened_message = opened(message)
    for look in _LOOKS:
        answer = look(opened_message)
        if answer is not None:
            return answer
    return people.answer(opened_message, Kind.UNKNOWN, "It has no text and no known form.")


def _by_amazon(message: Message) -> Answer | None:
    said = amazon.notice(message)
    if said is None:
        return None
    if complaint := amazon.complained(said):
        return people.answer(message, Kind.COMPLAINT, "A notice of Amazon SES.", complaint=complaint)
    failures = tuple(_failure(entry, "", is_single=False, kind=Kind.BOUNCE) for entry in amazon.bounced(said))
    kind = Kind.BOUNCE if failures else Kind.NOTICE
    return people.answer(message, kind, "A notice of Amazon SES.", failures=failures)


def _complaint(message: Message) -> Answer | None:
    fields = reports.feedback(message)
    if fields is None:
        return _complaint_by_microsoft(message)
    kind = fields.get("feedback-type").partition(" ")[0].lower()[:40] or "abuse"
    named = [*fields.all("original-rcpt-to"), *fields.all("removal-recipient")]
    recipients = [address for value in named if "@" in (address := address_of(value))]
    recipients = recipients or addresses_in(message.returned.get("to")[:2000])[:1]
    said = Complaint(
        feedback=kind,
        recipients=tuple(dict.fromkeys(recipients)),
        source_ip=fields.get("source-ip")[:45],
        arrived=(fields.get("arrival-date") or fields.get("received-date"))[:100],
    )
    if kind in NOT_COMPLAINTS:
        return people.answer(message, Kind.NOTICE, f"A feedback report of type {kind}.", complaint=said)
    return people.answer(message, Kind.COMPLAINT, "A feedback report (RFC 5965).", complaint=said)


def _complaint_by_microsoft(message: Message) -> Answer | None:
    """Read a report of the Junk Mail Reporting Program, which has no structured part.

    Source: https://sendersupport.olc.protection.outlook.com/snds/FAQ
    """
    recipient = address_of(message.returned.get("x-hmxmroriginalrecipient"))
    subject = message.fields.get("subject").lower()
    if not recipient and not subject.startswith(
        ("complaint about message from", "email feedback report for ip")
    ):
        return None
    recipients = (recipient,) if recipient else tuple(addresses_in(message.returned.get("to")[:2000])[:1])
    said = Complaint(feedback="abuse", recipients=recipients, source_ip=subject.rpartition(" ")[2][:45])
    return people.answer(message, Kind.COMPLAINT, "A report of junk mail by Microsoft.", complaint=said)


def _receipt(message: Message) -> Answer | None:
    if reports.is_receipt(message):
        return people.answer(message, Kind.NOTICE, "A receipt: read or deleted (RFC 8098).")
    return None


def _bounce_by_report(message: Message) -> Answer | None:
    entries = reports.reported(message)
    if not entries:
        return None
    notice, _inside = notices.notice_of(message)
    failed = [entry for entry in entries if entry.action in {"failed", "fail", "failure", "error"}]
    waiting = [entry for entry in entries if entry.action in {"delayed", "delay"}]
    if not failed and not waiting:
        failed = [entry for entry in entries if entry.action not in {"delivered", "relayed", "expanded"}]
    if not failed and not waiting:
        return people.answer(message, Kind.NOTICE, "Delivered, says the report (RFC 3464).")
    kind = Kind.BOUNCE if failed else Kind.DELAYED
    failures = [
        _failure(entry, notice, is_single=len(entries) == 1, kind=kind) for entry in failed or waiting
    ]
    return people.answer(message, kind, "A delivery status (RFC 3464).", failures=tuple(failures))


def _failure(entry: reports.Reported, notice: str, *, is_single: bool, kind: Kind) -> Failure:
    around = notice if is_single else _about(notice, entry)
    diagnostic = entry.diagnostic or notices.said_in(around)
    status = status_in(diagnostic) or entry.status
    reply = reply_in(diagnostic)
    verdict = judged(
        diagnostic=diagnostic, around=around, status=status, reply=reply, is_final=kind is Kind.BOUNCE
    )
    return Failure(
        address=entry.address,
        final_address=entry.final_address,
        status=status,
        reply_code=reply,
        diagnostic=diagnostic,
        remote_mta=entry.remote_mta,
        reason=verdict.reason,
        is_hard=verdict.is_hard,
        rule=verdict.rule,
        source=verdict.source,
    )


def _about(notice: str, entry: reports.Reported) -> str:
    """Return the paragraphs of a notice that name a recipient."""
    names = {entry.address.lower(), entry.final_address.lower()} - {""}
    paragraphs = (each for each in notice.split("\n\n") if any(name in each.lower() for name in names))
    return "\n".join(paragraphs)[:ABOUT_MOST]


def _bounce_by_notice(message: Message) -> Answer | None:
    why = _is_notice(message)
    if not why:
        return None
    notice, inside = notices.notice_of(message)
    subject = message.fields.get("subject")
    if notices.says(marks.AUTOMATIC, subject) and "x-failed-recipients" not in message.fields:
        return None
    is_waiting = bool(notices.says(marks.WAITING, f"{subject}\n{notice[:4000]}"))
    kind = Kind.DELAYED if is_waiting else Kind.BOUNCE
    failures = [_told_failure(each, subject, kind) for each in notices.told(message, notice, inside)]
    letter_id = message.returned.get("message-id") or inside.get("message-id")
    return people.answer(message, kind, why, failures=tuple(failures), letter_id=letter_id)


def _told_failure(each: notices.Told, subject: str, kind: Kind) -> Failure:
    verdict = judged(
        diagnostic=each.diagnostic,
        around=each.around,
        subject=subject,
        status=each.status,
        reply=each.reply,
        is_final=kind is Kind.BOUNCE,
    )
    return Failure(
        address=each.address,
        final_address=each.address,
        status=each.status,
        reply_code=each.reply,
        diagnostic=each.diagnostic or " ".join(each.around.split())[:500],
        remote_mta=each.remote_mta,
        reason=verdict.reason,
        is_hard=verdict.is_hard,
        rule=verdict.rule,
        source=verdict.source,
    )


def _is_notice(message: Message) -> str:
    """Return why a message is a report of failure; empty if it is none."""
    fields = message.fields
    if "x-failed-recipients" in fields:
        return "It names recipients that failed in X-Failed-Recipients."
    if message.report_type == "delivery-status":
        return "A report on delivery without its structured part."
    sender = _sender(fields)
    is_daemon = sender.partition("@")[0].lower() in marks.DAEMONS or any(
        name in fields.get("from").lower() for name in marks.DAEMON_NAMES
    )
    has_subject = bool(notices.says(marks.BOUNCED, fields.get("subject")[:500]))
    opening = "\n".join(part.text[:1500] for part in message.parts[:2])
    has_opening = bool(notices.says(marks.FAILING, opening))
    is_null = fields.get("return-path").strip() == "<>"
    is_told = bool(reply_in(opening)) or notices.names_another(message, opening)
    if is_daemon and (has_subject or has_opening or is_null or is_told):
        return "A mail program reports a failure."
    if has_subject and (has_opening or is_null or bool(status_in(opening))):
        return "Subject and opening are those of a report of failure."
    is_robot = sender.lower().startswith(_ROBOTS) and bool(reply_in(opening))
    if has_opening and (is_null or is_robot) and "in-reply-to" not in fields:
        return "It opens like a report of failure."
    return ""


def _sender(fields: Fields) -> str:
    return next(iter(addresses_in(fields.get("from")[:1000])), fields.get("from")[:100].strip("<> "))


_ROBOTS = ("no-reply@", "noreply@", "no_reply@", "donotreply@", "do-not-reply@")
_LOOKS = (
    _complaint,
    _by_amazon,
    _bounce_by_report,
    _receipt,
    people.unsubscribe,
    _bounce_by_notice,
    people.from_program,
    people.reply,
)
"""From the surest to the vaguest; the first that understands a message decides."""
