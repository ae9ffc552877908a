"""One log line through the steps, the plain way: slower than `quick`, and what it is held against."""

from zoco.collector.event import Event
from zoco.collector.logs.base import LogFormat
from zoco.collector.logs.clock import Clock, now_micros, plausible
from zoco.collector.logs.text import address_text, request_parts, text
from zoco.collector.reasons import Reason, Refused
from zoco.collector.steps import through
from zoco.collector.steps.visitor import local_day, salts_for
from zoco.kit.ids import uuid8
from zoco.ledger.schema import Fact
from zoco.sites.published import PublishedSite


def fact_of(
    line: bytes,
    site: PublishedSite,
    log_format: LogFormat,
    *,
    nth: int = 1,
    origin_key: str = "",
    received_at: int = 0,
    any_host: bool = False,
    clock: Clock = now_micros,
) -> Fact:
    """Return the fact that a line tells of, `nth` being its count among equal lines. Raises Refused."""
    host, address, stamp, request, code, referrer, user_agent = log_format.hit(line)
    at = log_format.moment(stamp)
    plausible(at, at, clock)
    salt, salt_before = salts_for(site.import_key, local_day(at, site.zone))
    client = address_text(address)
    if not code.isdigit() or len(code) != 3:
        raise Refused(Reason.BAD_STATUS)
    method, target = request_parts(request)
    event = Event(
        site=site,
        fact=_begun(uuid8(site.id, line, nth), site.id, at, received_at, origin_key),
        address=client,
        user_agent=text(user_agent) if user_agent else None,
        host=text(host),
        method=method,
        target=target.decode("utf-8", "zoco.percent"),
        status=int(code),
        referrer=text(referrer),
        salt=salt,
        salt_before=salt_before,
        any_host=any_host,
    )
    return through(event).fact


def _begun(fact_id: str, site_id: int, at: int, received_at: int, origin_key: str) -> Fact:
    """Return the fact as it is before the steps."""
    return Fact(
        id=fact_id,
        site=site_id,
        name="",
        origin="log",
        occurred_at=at,
        received_at=received_at,
        origin_key=origin_key,
    )
