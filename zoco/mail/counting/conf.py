"""Settings of counting."""

from zoco.kit import conf

COUNT_OPENS = conf.declare(
    "MAIL_COUNT_OPENS", True, conf.flag, "Count openings of letters by a small image. 0: letters have none."
)
COUNT_CLICKS = conf.declare(
    "MAIL_COUNT_CLICKS",
    True,
    conf.flag,
    "Count which links of letters are followed. 0: links lead straight to their pages.",
)
LINK_DAYS = conf.declare(
    "MAIL_LINK_DAYS",
    730,
    int,
    "How many days links of letters lead on; then they say that they have ended.",
)
ARRIVALS_DAYS = conf.declare(
    "MAIL_ARRIVALS_DAYS",
    730,
    int,
    "How many days it is known which mails came in: absences, notices, bounces that were moved away. "
    "0: always. Complaints, wishes to leave and replies stay with their people.",
)
LOOKS_DAYS = conf.declare(
    "MAIL_LOOKS_DAYS",
    400,
    int,
    "How many days single openings and clicks are kept beside the facts; figures of letters need them.",
)
