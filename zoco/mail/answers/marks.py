"""Words by which a message is known for what it is; most of them stand in rules/marks.txt."""

from zoco.mail.answers.rules.table import Words, patterns

DAEMONS = frozenset(patterns("marks", "daemon"))
"""Local parts that programs send reports from (RFC 2142 names postmaster; the others are customs)."""
DAEMON_NAMES = (
    "mail delivery sub",
    "mail delivery sys",
    "mailer-daemon",
    "mailer daemon",
    "mail daemon",
    "mail administrator",
    "system administrator",
    "internet mail delivery",
    "mail delivery service",
    "mail system",
    "postmaster",
    "microsoft outlook",
    "administrador del sistema",
    "системный администратор",
    "系统管理员",
)
BOUNCED = Words(patterns("marks", "bounced"))
"""Subjects of reports of failure."""
FAILING = Words(patterns("marks", "failing"))
"""Sentences with which a report of failure begins."""
WAITING = Words(patterns("marks", "waiting"))
"""Words of a report that is only a delay."""
AUTOMATIC = Words(patterns("marks", "automatic"))
"""Subjects of automatic answers."""
AWAY = Words((*patterns("marks", "automatic"), *patterns("marks", "away")))
"""First sentences of automatic answers."""
CHALLENGING = Words(patterns("marks", "challenging"))
"""Words of a program that wants the sender to prove that he is a person."""
BELOW = (
    "below this line is a copy",
    "this is a copy of the message",
    "this is a copy of your message",
    "this is a copy of the headers",
    "------ this is a copy",
    "included is a copy of the message",
    "copy of the original message",
    "message header follows",
    "message headers follow",
    "original message follows",
    "original message header",
    "original mail header",
    "original header",
    "-- original message --",
    "-----original message-----",
    "----- original message -----",
    "returned message follows",
    "undelivered message follows",
    "unsent message below",
    "unsent message follows",
    "your original message",
    "your message reads",
    "message text follows",
    "begin returned",
    "start of returned",
    "the text of your message",
    "the body of the message follows",
)
"""Lines after which a report returns the letter."""
RETURNED_FIELDS = (
    "received: from",
    "received: by",
    "return-path: <",
    "message-id: <",
    "mime-version: 1.0",
    "dkim-signature:",
)
"""Fields with which the returned letter begins where no such line stands."""
