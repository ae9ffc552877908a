"""Access logs of Amazon's load balancers: classic (elb) and application (alb); times in UTC.

After "Access logs for your Classic Load Balancer" and "Access logs for your Application Load Balancer".
The host stands in the address that was asked for; they keep no referrer.
"""

import re

from zoco.collector.logs.base import FORMATS, Hit, LogFormat
from zoco.collector.logs.clf import INNER
from zoco.collector.logs.headed.w3c import utc_moment
from zoco.collector.reasons import Reason, Refused

_WORD = rb"[^ ]++"
_STAMP = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)"
# name, client, target, three times, the balancer's status, the target's, two sizes, request, agent
_REST = (
    rb" " + _WORD + rb" (" + _WORD + rb") " + (_WORD + rb" ") * 4 + rb"(\d{1,9}|-) " + (_WORD + rb" ") * 3
    + rb'"' + INNER + rb'" "' + INNER + rb'"(?: .*+)?'
)  # fmt: skip
_REQUEST = re.compile(rb"([A-Z]{1,20}) (?:[a-z]{1,5}+://([^/?# ]*+))?([^ ]*+)((?: HTTP/[\d.]++)?)")


class Balancer(LogFormat):
    """What both have in common; `pattern` has the groups stamp, client, status, request, agent."""

    pattern: re.Pattern[bytes]

    def hit(self, line: bytes) -> Hit:
        found = self.pattern.fullmatch(line)
        if found is None:
            raise Refused(Reason.UNREADABLE)
        stamp, client, status, request, agent = found.groups()
        host, asked = _asked(request)
        address = client.rpartition(b":")[0].strip(b"[]")
        return host, address or client, stamp, asked, status, b"-", agent or b"-"

    def moment(self, stamp: bytes) -> int:
        return utc_moment(stamp)


def _asked(request: bytes) -> tuple[bytes, bytes]:
    """Return host and request line of b"GET https://shop.example:443/a?b HTTP/1.1"."""
    found = _REQUEST.fullmatch(request)
    if found is None:
        return b"", request
    method, host, target, protocol = found.groups(b"")
    return host, method + b" " + (target or b"/") + (protocol or b" HTTP/1.1")


@FORMATS.plug
class Classic(Balancer):
    """Begins with the time."""

    key = "elb"
    label = "Amazon Classic Load Balancer"
    example = (
        "2015-05-13T23:39:43.945958Z elb 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29"
        ' "GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -'
    )
    pattern = re.compile(_STAMP + _REST, re.S)


@FORMATS.plug
class Application(Balancer):
    """Begins with the kind of connection."""

    key = "alb"
    label = "Amazon Application Load Balancer"
    example = (
        "https 2018-07-02T22:23:00.186641Z app/my-alb/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.086 0.048"
        ' 0.037 200 200 0 57 "GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" - -'
    )
    pattern = re.compile(rb"(?:https?|h2|grpcs|wss?) " + _STAMP + _REST, re.S)
