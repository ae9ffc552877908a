"""`read()`: what a message is, who failed and why, for a message of every kind."""

from datetime import date

import pytest

from zoco.mail.answers.kinds import Away, Failure, Kind, Reason
from zoco.mail.answers.reading import read
from zoco.mail.tests import others, samples
from zoco.mail.tests.shapes import mail, report

KINDS = {
    "postfix": Kind.BOUNCE,
    "full": Kind.BOUNCE,
    "delayed": Kind.DELAYED,
    "delivered": Kind.NOTICE,
    "qmail": Kind.BOUNCE,
    "exim": Kind.BOUNCE,
    "sendmail": Kind.BOUNCE,
    "exchange": Kind.BOUNCE,
    "tencent": Kind.BOUNCE,
    "russian": Kind.BOUNCE,
    "spanish": Kind.BOUNCE,
    "complaint": Kind.COMPLAINT,
    "microsoft": Kind.COMPLAINT,
    "amazon": Kind.BOUNCE,
    "gmail": Kind.BOUNCE,
    "read": Kind.NOTICE,
    "away": Kind.AUTO_REPLY,
    "challenge": Kind.CHALLENGE,
    "unsubscribe": Kind.UNSUBSCRIBE,
    "reply": Kind.REPLY,
    "empty": Kind.UNKNOWN,
}
FAILED = {
    "full": [("ann@example.org", Reason.MAILBOX_FULL, False)],
    "delayed": [("ann@example.org", Reason.TEMPORARY, False)],
    "qmail": [
        ("ann@example.org", Reason.USER_UNKNOWN, True),
        ("bob@example.com", Reason.REPUTATION, False),
    ],
    "exim": [("ann@example.org", Reason.MAILBOX_FULL, False)],
    "sendmail": [
        ("ann@example.org", Reason.USER_UNKNOWN, True),
        ("bob@example.org", Reason.MAILBOX_FULL, False),
    ],
    "exchange": [("ann@example.org", Reason.USER_UNKNOWN, True)],
    "tencent": [("ann@example.cn", Reason.USER_UNKNOWN, True)],
    "russian": [("ann@example.org", Reason.MAILBOX_FULL, False)],
    "spanish": [("ann@example.org", Reason.USER_UNKNOWN, True)],
    "gmail": [("ann@example.org", Reason.USER_UNKNOWN, True)],
    "amazon": [("ann@example.org", Reason.USER_UNKNOWN, True)],
}


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_kind_of_a_message(name: str) -> None:
    answer = read(samples.SAMPLES[name])

    assert answer.kind == KINDS[name], answer.why
    assert answer.why


@pytest.mark.parametrize("name", FAILED)
def test_who_failed_and_why(name: str) -> None:
    answer = read(samples.SAMPLES[name])

    assert [(each.address, each.reason, each.is_hard) for each in answer.failures] == FAILED[name]


@pytest.mark.parametrize("name", sorted(samples.SAMPLES.keys() - FAILED.keys() - {"postfix"}))
def test_what_is_no_bounce_has_no_failures(name: str) -> None:
    assert read(samples.SAMPLES[name]).failures == ()


def test_everything_that_a_report_says_of_a_recipient() -> None:
    answer = read(samples.POSTFIX)

    assert answer.failures == (
        Failure(
            address="ann@example.org",
            final_address="ann.old@example.org",
            status="5.1.1",
            reply_code="550",
            diagnostic=(
                "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in local recipient table"
            ),
            remote_mta="mx.example.org",
            reason=Reason.USER_UNKNOWN,
            is_hard=True,
            rule="user unknown",
            source="https://www.rfc-editor.org/rfc/rfc3463#section-3",
        ),
    )
    assert answer.letter_id == "<letter-7@example.net>"
    assert answer.sent_to == ("b-token@bounces.example.net",)


def test_the_letter_within_a_text_is_found() -> None:
    assert read(samples.QMAIL).letter_id == "<letter-7@example.net>"


@pytest.mark.parametrize(("name", "source_ip"), [("complaint", "192.0.2.1"), ("microsoft", "192.0.2.1")])
def test_who_complained(name: str, source_ip: str) -> None:
    answer = read(samples.SAMPLES[name])

    assert answer.complaint is not None
    assert answer.complaint.feedback == "abuse"
    assert answer.complaint.recipients == ("ann@example.org",)
    assert answer.complaint.source_ip == source_ip
    assert answer.letter_id == "<letter-7@example.net>"


def test_out_of_office_dates_are_kept() -> None:
    assert read(others.AWAY).away == Away(date(2026, 7, 20), date(2026, 7, 31))


def test_a_reply_is_cut_of_what_it_quotes() -> None:
    answer = read(others.REPLY)

    assert answer.text == "Thank you, I would like two of them.\n\nAnn"
    assert answer.sender == "ann@example.org"
    assert answer.letter_id == "<letter-7@example.net>"


def test_a_report_on_authentication_is_no_complaint() -> None:
    forensic = others.COMPLAINT.replace(b"Feedback-Type: abuse", b"Feedback-Type: auth-failure")

    assert read(forensic).kind == Kind.NOTICE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"550 5.1.1 <ann@example.org>: Recipient", b"550 5.7.1 <ann@example.org>: Recipient"),
        (b"Action: failed", b"Action: delayed"),
        (b"(in reply to RCPT TO command)", b"(in reply to end of DATA command)"),
        (b"550 5.1.1 <ann@example.org>: Recipient", b"450 4.1.1 <ann@example.org>: Recipient"),
    ],
)
def test_user_unknown_is_no_proof_when_something_speaks_against_it(old: bytes, new: bytes) -> None:
    answer = read(samples.POSTFIX.replace(old, new))

    assert [each.is_hard for each in answer.failures] == [False]


def test_fields_in_any_order_and_charset_and_without_a_type() -> None:
    broken = report(
        "Failed.",
        """
        Action: failed
        Status: 5.0.0 (undefined)
        Final-Recipient: <ann@example.org>
        Diagnostic-Code: smtp; 550 Пользователь не найден
        """,
    )

    [failure] = read(broken).failures

    assert (failure.address, failure.reason, failure.is_hard) == (
        "ann@example.org",
        Reason.USER_UNKNOWN,
        True,
    )


def test_two_recipients_without_a_blank_line_between() -> None:
    joined = report(
        "Failed.",
        """
        Final-Recipient: rfc822; ann@example.org
        Action: failed
        Status: 5.1.1
        Final-Recipient: rfc822; bob@example.org
        Action: failed
        Status: 5.2.2
        """,
    )

    failures = read(joined).failures

    assert [(each.address, each.reason, each.is_hard) for each in failures] == [
        ("ann@example.org", Reason.USER_UNKNOWN, True),
        ("bob@example.org", Reason.MAILBOX_FULL, False),
    ]


def test_a_forwarded_report_is_read() -> None:
    quoted = "\n".join(f"> {line}" for line in samples.POSTFIX.decode().split("\r\n"))

    answer = read(mail(quoted, subject="Fwd: Undelivered Mail Returned to Sender"))

    assert [each.is_hard for each in answer.failures] == [True]
