"""Why something was refused. Every refusal carries one of these and is counted under it."""

from collections import Counter
from enum import StrEnum


class Reason(StrEnum):
    """The reasons; the value is what programs see, `sentence` is what a person reads."""

    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    TORN = "torn"
    BAD_DATE = "bad_date"
    BAD_STATUS = "bad_status"
    BAD_REQUEST = "bad_request"
    UNKNOWN_HOST = "unknown_host"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNREADABLE: "The line does not have the shape of the format.",
    Reason.TOO_LONG: "The line is longer than 64 KiB.",
    Reason.TORN: "The last line has no end yet; import again when it has been written whole.",
    Reason.BAD_DATE: "The date does not exist or lies outside the years 1 to 9999.",
    Reason.BAD_STATUS: "The status is not between 100 and 599.",
    Reason.BAD_REQUEST: "The request cannot be read although it was answered without an error.",
    Reason.UNKNOWN_HOST: "The host is none of the site's host names; add it there or use --any-host.",
}


class Refused(Exception):
    """A step refuses an event. Nothing of it is written."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


class Tally(Counter[Reason]):
    """How often each reason was given."""

    def as_json(self) -> dict[str, int]:
        """Return reasons and counts, the most frequent first, ties by name."""
        ordered = sorted(self.items(), key=lambda pair: (-pair[1], pair[0].value))
        return {reason.value: count for reason, count in ordered if count}
