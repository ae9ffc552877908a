"""Why something was refused. Every refusal carries one of these and is counted under it."""

from collections import Counter
from enum import StrEnum


class Reason(StrEnum):
    """The reasons; the value is what programs see, `sentence` is what a person reads."""

    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    TORN = "torn"
    BAD_DATE = "bad_date"
    IMPLAUSIBLE_DATE = "implausible_date"
    BAD_STATUS = "bad_status"
    BAD_REQUEST = "bad_request"
    UNKNOWN_HOST = "unknown_host"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    BAD_JSON = "bad_json"
    BAD_URL = "bad_url"
    BAD_TITLE = "bad_title"
    BAD_ID = "bad_id"
    BAD_NUMBER = "bad_number"
    BAD_EVENT = "bad_event"
    BAD_PROPS = "bad_props"
    BAD_SUBJECT = "bad_subject"
    BAD_MONEY = "bad_money"
    TOO_OLD = "too_old"
    NO_SALT = "no_salt"
    NOT_WRITTEN = "not_written"
    BAD_CONSENT = "bad_consent"
    PRIVACY_SIGNAL = "privacy_signal"
    BAD_PERSON = "bad_person"
    NO_CONSENT = "no_consent"
    BLOCKED_ADDRESS = "blocked_address"
    BLOCKED_COUNTRY = "blocked_country"
    BLOCKED_PAGE = "blocked_page"
    BLOCKED_HOST = "blocked_host"

    @property
    def sentence(self) -> str:
        return _SENTENCES[self]


_SENTENCES = {
    Reason.UNREADABLE: "The line does not have the shape of the format.",
    Reason.TOO_LONG: "The line is longer than 64 KiB.",
    Reason.TORN: "The last line has no end yet; import again when it has been written whole.",
    Reason.BAD_DATE: "The date does not exist or lies outside the years 1 to 9999.",
    Reason.IMPLAUSIBLE_DATE: "The date is before 1990 or later than tomorrow; check the server's clock.",
    Reason.BAD_STATUS: "The status is not between 100 and 599.",
    Reason.BAD_REQUEST: "The request cannot be read although it was answered without an error.",
    Reason.UNKNOWN_HOST: "The host is none of the site's host names; add it there or use --any-host.",
    Reason.TOO_LARGE: "The request is longer than 65,536 bytes; send fewer facts at once.",
    Reason.TOO_MANY: "A request may bring 100 facts; send the others with the next.",
    Reason.BAD_JSON: "The request is no JSON of the documented shape.",
    Reason.BAD_URL: "The address of the page is none of http or https, over 8,192 characters, or has a NUL.",
    Reason.BAD_TITLE: "The title is longer than 500 characters.",
    Reason.BAD_ID: "The id is no UUID in its canonical form.",
    Reason.BAD_NUMBER: "A number lies outside its bounds.",
    Reason.BAD_EVENT: "The event has no name of up to 64 letters, or something that only events have.",
    Reason.BAD_PROPS: (
        "Properties: at most 16,384 bytes as JSON, eight levels deep; names of up to 64 letters; texts, "
        "numbers, true or false, lists and objects of them."
    ),
    Reason.BAD_SUBJECT: (
        "A product's fact names it as subject, up to 128 letters, without money; nothing else has a subject."
    ),
    Reason.BAD_MONEY: "Money is a decimal number as text, at most four decimals, with a currency (ISO 4217).",
    Reason.TOO_OLD: "It happened more than 24 hours ago, or in the future.",
    Reason.NO_SALT: "The keys of that day are not there; see whether a worker runs.",
    Reason.NOT_WRITTEN: "There was no room to write it down; it can be sent again.",
    Reason.BAD_CONSENT: (
        "A choice is given or withdrawn, for up to 20 purposes, and its proof has text (up to 4,000 "
        "letters), version and language; who is 22 to 64 letters, digits, - and _."
    ),
    Reason.PRIVACY_SIGNAL: "The browser asks not to be followed (Global Privacy Control or Do Not Track).",
    Reason.BAD_PERSON: (
        "A person is told by a token that is signed with the key of the site and has not expired; see the "
        "guide on identity."
    ),
    Reason.NO_CONSENT: "Without the id of somebody who consented nobody is joined to a person.",
    Reason.BLOCKED_ADDRESS: "The address is on the site's block list.",
    Reason.BLOCKED_COUNTRY: "The country is on the site's block list.",
    Reason.BLOCKED_PAGE: "The page is on the site's block list.",
    Reason.BLOCKED_HOST: "The host is on the site's block list.",
}


class Refused(Exception):
    """A step refuses an event. Nothing of it is written."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.sentence)
        self.reason = reason
        self.detail = detail


class Tally(Counter[Reason]):
    """How often each reason was given."""

    def as_json(self) -> dict[str, int]:
        """Return reasons and counts, the most frequent first, ties by name."""
        ordered = sorted(self.items(), key=lambda pair: (-pair[1], pair[0].value))
        return {reason.value: count for reason, count in ordered if count}
