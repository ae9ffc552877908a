"""Messages that come back and are no failures: complaints, automatic answers, replies, receipts."""

from zoco.mail.tests.shapes import mail, message

COMPLAINT = message(
    """
    From: <abusedesk@mailbox.example>
    To: <fbl@example.net>
    Subject: FW: News
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=feedback-report; boundary="part"

    --part
    Content-Type: text/plain

    This is an email abuse report for an email message received from IP 192.0.2.1.

    --part
    Content-Type: message/feedback-report

    Feedback-Type: abuse
    User-Agent: SomeGenerator/1.0
    Version: 1
    Original-Mail-From: <b-token@bounces.example.net>
    Original-Rcpt-To: <ann@example.org>
    Arrival-Date: Mon, 20 Jul 2026 10:00:00 +0200
    Source-IP: 192.0.2.1

    --part
    Content-Type: message/rfc822

    From: <shop@example.net>
    To: <ann@example.org>
    Message-ID: <letter-7@example.net>

    Hello
    --part--
    """
)
MICROSOFT = message(
    """
    From: <staff@mailbox.example>
    To: <jmrp@example.net>
    Subject: complaint about message from 192.0.2.1
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="part"

    --part
    Content-Type: message/rfc822

    X-HmXmrOriginalRecipient: ann@example.org
    From: <shop@example.net>
    Message-ID: <letter-7@example.net>

    Hello
    --part--
    """
)
AMAZON = message(
    """
    From: AWS Notifications <no-reply@sns.example.com>
    To: bounces@example.net
    Subject: AWS Notification Message
    Content-Type: text/plain; charset=UTF-8

    {"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":
    "ann@example.org","action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},
    "mail":{"messageId":"0001"}}

    --
    If you wish to stop receiving notifications from this topic, visit the link below.
    """
)
READ = message(
    """
    From: Ann <ann@example.org>
    To: shop@example.net
    Subject: Read: News
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=disposition-notification; boundary="part"

    --part
    Content-Type: text/plain

    Your message was read.
    --part
    Content-Type: message/disposition-notification

    Final-Recipient: rfc822; ann@example.org
    Disposition: manual-action/MDN-sent-manually; displayed
    --part--
    """
)
AWAY = mail(
    """
    I am out of the office from 20 July until 31 July 2026 and will read your message after that.
    """,
    subject="Automatic reply: News",
    fields="Auto-Submitted: auto-replied\n",
)
CHALLENGE = mail(
    """
    Your message is being held. Please click the link so that your message can be delivered:
    https://check.example.org/1
    """,
    subject="Please confirm your message",
)
UNSUBSCRIBE = mail("", subject="Unsubscribe", fields="Auto-Submitted: auto-replied\n")
REPLY = mail(
    """
    Thank you, I would like two of them.

    Ann

    On Mon, Jul 20, 2026 at 10:00 AM Shop <shop@example.net> wrote:
    > Hello Ann,
    > we have new cups.
    """,
    fields="In-Reply-To: <letter-7@example.net>\n",
)
EMPTY = b"Subject: hello\r\n\r\n"
