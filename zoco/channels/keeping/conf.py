"""Settings of channels."""

from zoco.kit import conf

MESSAGES_DAYS = conf.declare(
    "MESSAGES_DAYS",
    730,
    int,
    "How many days messages are kept whose end is known and that no figure counts: questions to confirm, "
    "calls of programs. 0: always. Letters stay.",
)
