"""What a sender is told. A 2xx means that everything is on the disk; everything else says why not."""

from typing import NamedTuple

import msgspec

from zoco.collector.live.reader import Refusal
from zoco.collector.reasons import Reason
from zoco.collector.steps.blocking import WISHED

ALLOWED = "POST, OPTIONS"
COMMON = (("access-control-allow-origin", "*"), ("cache-control", "no-store"))
PREFLIGHT = (
    *COMMON,
    ("access-control-allow-methods", ALLOWED),
    ("access-control-allow-headers", "content-type"),
    ("access-control-max-age", "86400"),
)
RETRY_SECONDS = "5"
_STATUS = {
    Reason.PRIVACY_SIGNAL: 200,
    Reason.NO_CONSENT: 200,
    **dict.fromkeys(WISHED, 200),
    Reason.TOO_LARGE: 413,
    Reason.TOO_MANY: 413,
    Reason.NO_SALT: 503,
    Reason.NOT_WRITTEN: 503,
}


# Where a page that sends facts can do something else than whoever imports a log.
_SENTENCES = {
    Reason.UNKNOWN_HOST: "No site has the host of this page; add it to the host names of its site in Zoco.",
}


class Answer(NamedTuple):
    """An answer of any server: status, headers (names in lower case), body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""


WRITTEN = Answer(204, COMMON)
MAY_SEND = Answer(204, PREFLIGHT)
WRONG_METHOD = Answer(
    405, (*COMMON, ("allow", ALLOWED), ("content-type", "text/plain")), b"Send facts with POST.\n"
)


def refused(refusals: list[Refusal], written: int) -> Answer:
    """Tell how many facts are on the disk, and of each other one why it is not."""
    told = [
        {
            "index": each.index,
            "reason": each.reason.value,
            "message": _SENTENCES.get(each.reason, each.reason.sentence),
        }
        | ({"detail": each.detail} if each.detail else {})
        for each in refusals
    ]
    status = max(_STATUS.get(each.reason, 400) for each in refusals)
    headers: tuple[tuple[str, str], ...] = (*COMMON, ("content-type", "application/json"))
    if status == 503:
        headers += (("retry-after", RETRY_SECONDS),)
    return Answer(status, headers, msgspec.json.encode({"written": written, "refused": told}))


def not_written(count: int, why: str) -> Answer:
    """Tell that nothing of a request is on the disk, and that it can be sent again."""
    return refused([Refusal(index, Reason.NOT_WRITTEN, 0, detail=why) for index in range(max(count, 1))], 0)
