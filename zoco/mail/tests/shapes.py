"""How messages that come back are shaped; the tests fill in what they say."""

from textwrap import dedent


def message(text: str, *, charset: str = "utf-8") -> bytes:
    """Return a message as it comes over the wire."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode(charset)


def report(notice: str, status: str, *, subject: str = "Undelivered Mail Returned to Sender") -> bytes:
    """Return a report as RFC 3464 shapes it, of a letter to ann@example.org."""
    head = f"""
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
        To: b-token@bounces.example.net
        Subject: {subject}
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="=_line"

        --=_line
        Content-Type: text/plain; charset=utf-8

        """
    tail = """
        --=_line
        Content-Type: message/rfc822

        From: shop@example.net
        To: ann@example.org
        Subject: News
        Message-ID: <letter-7@example.net>

        Hello Ann, our mailbox is full of user unknown offers.
        --=_line--
        """
    parts = [dedent(head).lstrip("\n"), dedent(notice).strip(), "\n\n--=_line\n"]
    parts += ["Content-Type: message/delivery-status\n\n", dedent(status).strip(), "\n", dedent(tail)]
    return "".join(parts).replace("\n", "\r\n").encode()


def notice(
    text: str, *, subject: str = "failure notice", sender: str = "MAILER-DAEMON@mx.example.net"
) -> bytes:
    """Return a report of failure that is only text."""
    head = f"Return-Path: <>\nFrom: {sender}\nTo: b-token@bounces.example.net\nSubject: {subject}\n"
    head += "Content-Type: text/plain; charset=utf-8\n\n"
    return (head + dedent(text).lstrip("\n")).replace("\n", "\r\n").encode()


def mail(
    text: str, *, subject: str = "Re: News", fields: str = "", date: str = "Mon, 20 Jul 2026 10:00:00 +0200"
) -> bytes:
    """Return a message that somebody at example.org sent us."""
    head = (
        f"Return-Path: <ann@example.org>\nFrom: Ann <ann@example.org>\nTo: shop@example.net\nDate: {date}\n"
    )
    head += f"Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n{fields}\n"
    return (head + dedent(text).lstrip("\n")).replace("\n", "\r\n").encode()
