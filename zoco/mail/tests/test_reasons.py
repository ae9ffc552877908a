"""Reasons: what servers say, by the pages on which providers publish it, and who is dead by that."""

import pytest

from zoco.mail.answers.judging import judged
from zoco.mail.answers.kinds import DEAD, Reason
from zoco.mail.answers.smtp import reply_in, status_in

# What a server said; the reason. Written for these tests after the pages named in the rules.
SAID = {
    "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in virtual mailbox table": "user_unknown",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking": (
        "user_unknown"
    ),
    "550 5.1.1 <ann@example.org>: user does not exist": "user_unknown",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ann@example.org not found by SMTP address lookup": (
        "user_unknown"
    ),
    "550 5.4.1 Recipient address rejected: Access denied. [AM1EUR05FT004.eop-eur05.prod.example.com]": "user_unknown",
    "554 delivery error: dd This user doesn't have a yahoo.example account (ann@yahoo.example) [0]": "user_unknown",
    "550 Message was not accepted -- invalid mailbox.  Local mailbox ann@example.ru is unavailable: user not found": (
        "user_unknown"
    ),
    "550 5.7.1 No such user!": "refused",
    "554 5.7.1 <ann@example.org>: Recipient address rejected: Access denied": "user_unknown",
    "550 Message-ID not found": "unknown",
    "550 The address ann@example.org was not found": "user_unknown",
    "550 No such user": "user_unknown",
    "550 Mailbox not found. http://service.example.com/cgi-bin/help?subtype=1&id=20022": "user_unknown",
    "550 User not found: ann@example.cn http://mail.example.cn/help/help_spam_16.htm": "user_unknown",
    "sorry, no mailbox here by that name. (#5.1.1)": "user_unknown",
    "550 Unrouteable address": "user_unknown",
    "550 Requested action not taken: mailbox unavailable": "user_unknown",
    "550 #5.1.0 Address rejected.": "user_unknown",
    "551 5.1.6 User has moved; please try <ann@example.net>": "moved",
    "550 5.1.2 <ann@nowhere.example>... Host unknown (Name server: nowhere.example: host not found)": "domain_gone",
    "Host or domain name not found. Name service error for name=nowhere.example type=A: Host not found": "domain_gone",
    "556 5.1.10 Recipient address has null MX": "domain_gone",
    "550 5.2.1 The email account that you tried to reach is disabled.": "mailbox_disabled",
    "554 30 Sorry, your message to ann@example.com cannot be delivered. This account has been disabled or discontinued": (
        "mailbox_disabled"
    ),
    "550 5.1.1 <ann@example.com>: inactive email address": "mailbox_disabled",
    "554 5.7.1 Policy rejection on the target address": "mailbox_disabled",
    "450 4.2.1 <ann@example.org>: Recipient address rejected: this mailbox is inactive and has been disabled": (
        "mailbox_disabled"
    ),
    "452 4.2.2 The email account that you tried to reach is over quota. Please direct": "mailbox_full",
    "552 5.2.2 This message is larger than the current system limit or the recipient's mailbox is full.": (
        "mailbox_full"
    ),
    "552 Requested mail action aborted: exceeded storage allocation": "mailbox_full",
    "554 5.2.2 mailbox full;STOREDRV.Deliver.Exception:QuotaExceededException": "mailbox_full",
    "550 user unknown, mailbox is full": "mailbox_full",
    "552 5.2.2 Mailbox size limit exceeded": "mailbox_full",
    "552 5.3.4 Message size exceeds fixed maximum message size": "too_large",
    "552 5.2.3 Your message exceeded Google's message size limits.": "too_large",
    "550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using Spamhaus.": "reputation",
    "550 5.7.606 Access denied, banned sending IP [192.0.2.1].": "reputation",
    "550 SC-001 (COL004-MC1F3) Unfortunately, messages from 192.0.2.1 weren't sent.": "reputation",
    "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints": (
        "reputation"
    ),
    "554-gmx.example (mxgmx104) Nemesis ESMTP Service not available 554-No SMTP service 554-IP address is block listed.": (
        "reputation"
    ),
    "550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.example.com/": "reputation",
    "554 5.7.1 Blocked by spam statistics - see https://feedback.example.com": "reputation",
    "550 5.7.25 The IP address sending this message does not have a PTR record setup": "reputation",
    "550 5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy.": "policy",
    "550 5.7.1 SPF check failed: 192.0.2.1 is not authorized to send": "policy",
    "530 5.7.0 Must issue a STARTTLS command first": "policy",
    "550 5.7.515 Access denied, sending domain example.org doesn't meet the required authentication level": "policy",
    "550-5.7.1 Gmail has detected that this message is likely unsolicited mail.": "content",
    "554 5.7.1 Message rejected under suspicion of SPAM; https://ya.example/1IrBc": "content",
    "550 spam message rejected. Please visit http://help.example.ru/notspam-support": "content",
    "554 DT:SPM 163 smtp1,Gdxpb2u2zQ: http://mail.example.cn/help/help_spam_16.htm": "content",
    "550 Mail content denied.": "content",
    "552-5.7.0 This message was blocked because its content presents a potential security issue.": "content",
    "450 4.2.1 The user you are trying to contact is receiving mail too quickly.": "rate_limited",
    "421 4.7.0 Too many connections from 192.0.2.1": "rate_limited",
    "550 Connection frequency limited": "rate_limited",
    "450 4.2.0 <ann@example.org>: Recipient address rejected: Greylisted, see http://example.org/": "temporary",
    "connect to mx.example.org[192.0.2.1]:25: Connection timed out": "temporary",
    "451 4.3.0 Mail server temporarily rejected message.": "temporary",
    "554 5.7.1 <ann@example.org>: Relay access denied": "relay_denied",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)": "relay_denied",
    "554 5.4.6 Too many hops": "loop",
    "mail for example.org loops back to myself": "loop",
    "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM": "auth",
    "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized": "refused",
    "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy": "policy",
    "550 5.1.8 <a@nowhere.example>: Sender address rejected: Domain not found": "sender_refused",
    "550 Sender has no A, AAAA, or MX DNS records": "sender_refused",
    "554 5.7.1 [P4] Message blocked due to spam content in the message.": "content",
    "553 5.1.7 The sender's address was syntactically invalid": "sender_refused",
    "451 4.3.0 Local error in processing": "system_error",
    'Command died with status 1: "/usr/bin/procmail"': "system_error",
    "554 5.7.1 The message was refused by the recipient: blocked by user": "refused",
    "Host or domain name not found. Name service error for name=example.org type=MX: Host not found, try again": "temporary",
    "DNS Error: DNS type 'mx' lookup of nowhere.example responded with code NXDOMAIN": "domain_gone",
    "550 usuario desconocido": "user_unknown",
    "552 El buzón del destinatario está lleno": "mailbox_full",
    "550 Пользователь не найден": "user_unknown",
    "552 Почтовый ящик получателя переполнен": "mailbox_full",
    "550 收件人不存在": "user_unknown",
    "552 收件人邮箱已满": "mailbox_full",
    "550 宛先不明": "user_unknown",
    "550 Empfänger unbekannt": "user_unknown",
    "host antispam.example.org[192.0.2.9] said: 550 5.1.1 User unknown": "user_unknown",
}


@pytest.mark.parametrize("said", SAID)
def test_reason_of_what_a_server_said(said: str) -> None:
    verdict = judged(diagnostic=said, around="", status=status_in(said), reply=reply_in(said))

    assert verdict.reason == SAID[said], verdict
    assert verdict.is_hard == (Reason(SAID[said]) in DEAD)
    assert bool(verdict.rule) == bool(verdict.source)
