"""How a line of the log is written: as text, or as one JSON object; never with what could let somebody in.

What Django says of requests names their paths: addresses of people and long random parts (keys, tokens)
are left out of these. Our own messages carry ids only; of what an exception says addresses are left out, and
the rows that PostgreSQL shows.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this thread answers, "" outside of requests."""

_PLACE = re.compile(r"(?:(\w+)=)?%[a-z]")
_PAIRS = re.compile(r"\s*\b\w+=%[a-z].*\Z", re.DOTALL)
# Each begins where no other can, so that long addresses cost no more than their length.
_WORD = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{12,}")
_FOUR_DIGITS = re.compile(r"(?:[^0-9]*[0-9]){4}.{8}")
_MAIL = re.compile(r"(?<![^\s/@])[^\s/@]+@[^\s/]+")
_QUERY = re.compile(r"\?\S*")
_SAID_MAIL = re.compile(r"(?<![^\s\"'<>(),=:;\[\]])[^\s\"'<>(),=:;\[\]@]+@[^\s\"'<>(),;\[\]]+")
_ROW = re.compile(
    r"^DETAIL:.*?(?=^(?:CONTEXT:|HINT:|Traceback |During handling |The above exception )|\Z)",
    re.DOTALL | re.MULTILINE,
)


def masked(text: str) -> str:
    """Return an address of a page without its query, addresses of people and long random parts."""
    return _MAIL.sub("…", _WORD.sub(_unless_plain, _QUERY.sub("", text)))


def _unless_plain(word: re.Match[str]) -> str:
    """Leave out a word with four digits and eight letters or digits after them."""
    return "…" if _FOUR_DIGITS.match(word[0]) else word[0]


def traced(text: str) -> str:
    """Return a traceback without addresses of people, and without the values that PostgreSQL names in it."""
    return _SAID_MAIL.sub("…", _ROW.sub("DETAIL: …\n", text))


class Traced(logging.Formatter):
    """Writes no exception that names people."""

    def formatException(self, ei: Any) -> str:
        """Mask what an exception says."""
        return traced(super().formatException(ei))


class Line(Traced):
    """A line of text."""

    def __init__(self, process: str) -> None:
        super().__init__(f"%(asctime)s %(levelname)s {process} %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Mask what Django says."""
        if record.name.startswith("django."):
            record.message = masked(record.message)
        return super().formatMessage(record)


class JsonLine(Traced):
    """A JSON object on one line: time, level, process, logger, message, fields, request, trace."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """Write the record."""
        is_django = record.name.startswith("django.")
        message, fields = (masked(record.getMessage()), {}) if is_django else _parted(record)
        written: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self.process,
            "logger": record.name,
            "message": message,
        }
        if fields:
            written["fields"] = fields
        if request_id.get():
            written["request"] = request_id.get()
        if record.exc_info:
            written["trace"] = self.formatException(record.exc_info)
        return json.dumps(written, ensure_ascii=False, default=str)


def _parted(record: logging.LogRecord) -> tuple[str, dict[str, object]]:
    """Return the sentence and the pairs behind it; all of it as a sentence if it is written otherwise."""
    template, given = record.msg, record.args
    if not isinstance(template, str) or not isinstance(given, tuple) or "%%" in template:
        return record.getMessage(), {}
    names = _PLACE.findall(template)
    if len(names) != len(given):
        return record.getMessage(), {}
    fields = {name: _plain(value) for name, value in zip(names, given, strict=True) if name}
    sentence = _PAIRS.sub("", template)
    return sentence % given[: len(_PLACE.findall(sentence))], fields


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else str(value)
