"""Messages that come back, written for these tests: one of every kind, as servers of many makes shape them."""

from zoco.mail.tests import others
from zoco.mail.tests.shapes import notice, report

POSTFIX = report(
    """
    This is the mail system at host mx.example.net.

    <ann@example.org>: host mx.example.org[192.0.2.7] said: 550 5.1.1
        <ann@example.org>: Recipient address rejected: User unknown in local
        recipient table (in reply to RCPT TO command)
    """,
    """
    Reporting-MTA: dns; mx.example.net
    Arrival-Date: Mon, 20 Jul 2026 10:00:00 +0200

    Final-Recipient: rfc822; ann.old@example.org
    Original-Recipient: rfc822;ann@example.org
    Action: failed
    Status: 5.1.1
    Remote-MTA: dns; mx.example.org
    Diagnostic-Code: smtp; 550 5.1.1 <ann@example.org>: Recipient address
        rejected: User unknown in local recipient table
    """,
)
FULL = report(
    "The mailbox is full.",
    """
    Reporting-MTA: dns; mx.example.net

    Final-Recipient: rfc822; ann@example.org
    Action: failed
    Status: 5.2.2
    Diagnostic-Code: smtp; 552 5.2.2 Mailbox full
    """,
)
DELAYED = report(
    "Your message has not been delivered yet. Delivery attempts will continue.",
    """
    Reporting-MTA: dns; mx.example.net

    Final-Recipient: rfc822; ann@example.org
    Action: delayed
    Status: 4.4.1
    Diagnostic-Code: smtp; connect to mx.example.org[192.0.2.7]:25: Connection timed out
    """,
    subject="Delayed Mail (still being retried)",
)
DELIVERED = report(
    "Your message was delivered.",
    """
    Reporting-MTA: dns; mx.example.net

    Final-Recipient: rfc822; ann@example.org
    Action: delivered
    Status: 2.0.0
    """,
    subject="Successful Mail Delivery Report",
)
QMAIL = notice(
    """
    Hi. This is the qmail-send program at mx.example.net.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <ann@example.org>:
    192.0.2.7 does not like recipient.
    Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)
    Giving up on 192.0.2.7.

    <bob@example.com>:
    Connected to 192.0.2.8 but sender was rejected.
    Remote host said: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.info

    --- Below this line is a copy of the message.

    Return-Path: <shop@example.net>
    Message-ID: <letter-7@example.net>
    To: ann@example.org

    Hello
    """
)
EXIM = b"X-Failed-Recipients: ann@example.org\r\nAuto-Submitted: auto-replied\r\n" + notice(
    """
        This message was created automatically by mail delivery software.

        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          ann@example.org
            host mx.example.org [192.0.2.7]
            SMTP error from remote mail server after RCPT TO:<ann@example.org>:
            552 5.2.2 Mailbox quota exceeded

        ------ This is a copy of the message, including all the headers. ------

        Message-ID: <letter-7@example.net>
        """,
    subject="Mail delivery failed: returning message to sender",
)
SENDMAIL = notice(
    """
    The original message was received at Mon, 20 Jul 2026 10:00:00 +0200
    from shop.example.net [192.0.2.1]

       ----- The following addresses had permanent fatal errors -----
    <ann@example.org>
        (reason: 550 5.1.1 <ann@example.org>... User unknown)
    <bob@example.org>
        (reason: 552 5.2.2 <bob@example.org>... Mailbox full)

       ----- Transcript of session follows -----
    ... while talking to mx.example.org.:
    >>> RCPT To:<ann@example.org>
    <<< 550 5.1.1 <ann@example.org>... User unknown
    550 5.1.1 <ann@example.org>... User unknown
    >>> RCPT To:<bob@example.org>
    <<< 552 5.2.2 <bob@example.org>... Mailbox full
    """,
    subject="Returned mail: see transcript for details",
)
EXCHANGE = notice(
    """
    Your message

      To:      ann@example.org
      Subject: News
      Sent:    Mon, 20 Jul 2026 10:00:00 +0200

    did not reach the following recipient(s):

    ann@example.org on Mon, 20 Jul 2026 10:00:01 +0200
        The e-mail account does not exist at the organization this message was
    sent to.  Check the e-mail address, or contact the recipient directly to
    find out the correct address.
        <mx.example.org #5.1.1>
    """,
    subject="Undeliverable: News",
    sender="System Administrator <postmaster@example.org>",
)
TENCENT = notice(
    """
    您的邮件被退回

    收件人邮件地址（ann@example.cn）不存在，邮件无法送达。
    host mx3.example.cn[192.0.2.7] said: 550 Mailbox not found. http://service.example.cn/cgi-bin/help
    """,
    subject="系统退信",
    sender="PostMaster@example.cn",
)
RUSSIAN = notice(
    """
    Это письмо создано автоматически сервером. Отвечать на него не нужно.

    К сожалению, ваше письмо не может быть доставлено одному или нескольким получателям:

    ann@example.org
    Почтовый ящик получателя переполнен
    """,
    subject="Недоставленное сообщение",
)
SPANISH = notice(
    """
    No se pudo entregar el mensaje a los siguientes destinatarios:

    ann@example.org
    No se encontró la dirección de correo electrónico que ha escrito.
    """,
    subject="No se puede entregar: Novedades",
    sender="postmaster@example.org",
)
GMAIL = notice(
    """
    Delivery to the following recipient failed permanently:

         ann@example.org

    Technical details of permanent failure:
    Google tried to deliver your message, but it was rejected by the recipient domain. We recommend
    contacting the other email provider for further information about the cause of this error. The error
    that the other server returned was: 550 550 5.1.1 <ann@example.org>... User unknown (state 14).

    ----- Original message -----

    Message-ID: <letter-7@example.net>
    """,
    subject="Delivery Status Notification (Failure)",
)
SAMPLES = {
    name.lower(): made
    for name, made in (*list(globals().items()), *vars(others).items())
    if isinstance(made, bytes)
}
