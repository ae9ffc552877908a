"""Logs with a JSON object on each line, as Caddy, Traefik and nginx (escape=json) write them."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from zoco.collector.logs.base import FORMATS, Hit, LogFormat
from zoco.collector.logs.clf import clf_moment
from zoco.collector.reasons import Reason, Refused
from zoco.kit.periods import micros

# Names by what they mean, in lower case with - as _; the first that is there counts. Names inside
# "request" and "headers" are looked at as if they stood outside.
NAMES = {
    "host": ("host", "http_host", "server_name", "vhost", "requesthost", "request_host"),
    "address": ("client_ip", "remote_ip", "remote_addr", "clienthost", "client", "address", "ip"),
    "stamp": ("ts", "time_iso8601", "time_local", "msec", "startutc", "@timestamp", "timestamp", "time"),
    "line": ("request", "request_line"),
    "method": ("method", "request_method", "requestmethod"),
    "target": ("uri", "request_uri", "requestpath", "path", "url"),
    "query": ("args", "query_string"),
    "status": ("status", "downstreamstatus", "status_code"),
    "referrer": ("referer", "http_referer", "referrer", "http_referrer", "request_referer"),
    "agent": ("user_agent", "http_user_agent", "agent", "request_user_agent"),
}
# Larger numbers are milliseconds, still larger ones microseconds or nanoseconds since 1970.
_SCALES = ((1e17, 1e-3), (1e14, 1.0), (1e11, 1e3))


@FORMATS.plug
class JsonLines(LogFormat):
    """One object a line; the documented names, a time in seconds, ISO 8601 or Apache's form."""

    key = "json"
    label = "JSON lines (Caddy, Traefik, nginx)"
    example = '{"ts": 1431857103.5, "remote_ip": "192.0.2.7", "method": "GET", "uri": "/", "status": 200}'

    def hit(self, line: bytes) -> Hit:
        fields = _flat(_decoded(line))
        stamp, status, address = fields.get("stamp"), fields.get("status"), fields.get("address")
        request = fields.get("line") or _request(fields)
        if not stamp or not status or not request:
            raise Refused(Reason.UNREADABLE)
        agent = fields.get("agent")
        return (
            fields.get("host", b""),
            address or b"-",
            stamp,
            request,
            status,
            fields.get("referrer") or b"-",
            b"" if agent is None else agent or b"-",
        )

    def moment(self, stamp: bytes) -> int:
        text = stamp.decode("utf-8", "replace")
        try:
            return _epoch(float(text))
        except (ValueError, OverflowError):
            pass
        try:
            at = datetime.fromisoformat(text)
            return micros(at if at.tzinfo else at.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            return clf_moment(stamp)


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _mended(line)
    if not isinstance(found, dict):
        raise Refused(Reason.UNREADABLE)
    return found


def _mended(line: bytes) -> Any:
    """Decode a line whose strings are no UTF-8; wrong bytes become U+FFFD."""
    try:
        return msgspec.json.decode(line.decode("utf-8", "replace").encode())
    except (msgspec.DecodeError, RecursionError):
        raise Refused(Reason.UNREADABLE) from None


def _flat(found: dict[str, Any]) -> dict[str, bytes]:
    named: dict[str, bytes] = {}
    for name, value in _walk(found, 2):
        text = _text(value)
        if text is not None:
            named.setdefault(name.lower().replace("-", "_"), text)
    known: dict[str, bytes] = {}
    for meaning, names in NAMES.items():
        for name in names:
            if name in named:
                known[meaning] = named[name]
                break
    return known


def _walk(found: dict[str, Any], depth: int) -> list[tuple[str, Any]]:
    pairs = list(found.items())
    for name in ("request", "headers"):
        inner = found.get(name)
        if isinstance(inner, dict) and depth:
            pairs += _walk(inner, depth - 1)
    return pairs


def _text(value: Any) -> bytes | None:
    """Return a value as the other formats would hold it: backslashes escaped."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").replace(b"\\", b"\\\\")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return repr(value).encode()
    except ValueError:
        return None


def _request(fields: dict[str, bytes]) -> bytes:
    target = fields.get("target", b"")
    query = fields.get("query", b"")
    if query and b"?" not in target:
        target += b"?" + query
    return b"%b %b HTTP/1.1" % (fields.get("method", b"GET"), target) if target else b""


def _epoch(number: float) -> int:
    scale = next((scale for limit, scale in _SCALES if abs(number) >= limit), 1e6)
    at = round(number * scale)
    if not -62_135_596_800_000_000 <= at <= 253_402_300_799_999_999:
        raise Refused(Reason.BAD_DATE)
    return at
