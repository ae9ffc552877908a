"""Events of GA4's export to BigQuery, one JSON object a line, as `bq extract` and the console write them."""

from collections.abc import Iterator
from itertools import chain
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec

from zoco.monitor.imports.adapters.visits import ONE, Visits
from zoco.monitor.imports.base import ExportUnreadable
from zoco.monitor.imports.exports import DUMP_LINE_MOST, Part
from zoco.monitor.imports.sums import RowRefused, Sums, day_of

Event = dict[str, Any]


def read_events(parts: list[Part], sums: Sums) -> None:
    """Sum events by day; the day is that of the property's own time zone."""
    visits = Visits(sums)
    for part in parts:
        for line, text, event in _events(part):
            try:
                _take(_whole(event), visits, sums)
            except RowRefused as refused:
                sums.refuse(part.name, line, refused.reason, text)
    visits.finish(by_views=False)


def _whole(event: object) -> Event:
    if not isinstance(event, dict):
        raise RowRefused("shape")
    return event


def _events(part: Part) -> Iterator[tuple[int, str, object]]:
    lines = enumerate(part.lines(most=DUMP_LINE_MOST), 1)
    for number, line in lines:
        text = line.strip()
        if not text:
            continue
        if text.startswith("["):
            yield from _array(part, chain([text], (each for _number, each in lines)))
            return
        try:
            yield number, text, msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            yield number, text, None


def _array(part: Part, lines: Iterator[str]) -> Iterator[tuple[int, str, object]]:
    """Return the events of one list, never holding more of it than a list may have."""
    held, letters = [], 0
    for line in lines:
        held.append(line)
        letters += len(line)
        if letters > DUMP_LINE_MOST:
            raise ExportUnreadable(f"{part.name} is one long list; export it as newline-delimited JSON.")
    try:
        found = msgspec.json.decode("".join(held), type=list[Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ExportUnreadable(f"{part.name} is no list of events: {error}.") from error
    for number, event in enumerate(found, 1):
        yield number, str(event)[:1_000], event


def _take(event: Event, visits: Visits, sums: Sums) -> None:
    day = day_of(str(event.get("event_date", "")))
    name, visitor = str(event.get("event_name", "")), event.get("user_pseudo_id")
    at = str(event.get("event_timestamp", ""))
    params = _params(event)
    session = params.get("ga_session_id")
    if not name or not at.isdecimal() or len(at) > 18:
        raise RowRefused("shape")
    sums.part(day, "event", name, {"events": ONE})
    if not visitor or not session:
        # Without consent Google keeps neither; such events are counted as events only.
        raise RowRefused("no_visit")
    key = (str(visitor), str(session))
    visit = visits.event(day=day, at=int(at), visitor=str(visitor), visit=key, traits=_traits(event, params))
    visit.is_engaged = visit.is_engaged or str(params.get("session_engaged", "")) == "1"
    if name == "page_view":
        visits.view(visit, day=day, at=int(at), path=_path(str(params.get("page_location", ""))))


def _params(event: Event) -> dict[str, object]:
    found: dict[str, object] = {}
    for each in _list(event.get("event_params")):
        value = _record(each.get("value"))
        given = [
            value[kind]
            for kind in ("string_value", "int_value", "double_value", "float_value")
            if value.get(kind) is not None
        ]
        if given:
            found[str(each.get("key"))] = given[0]
    return found


def _traits(event: Event, params: dict[str, object]) -> tuple[tuple[str, str], ...]:
    device, geo = _record(event.get("device")), _record(event.get("geo"))
    came = _record(event.get("collected_traffic_source"))
    last = _record(_record(event.get("session_traffic_source_last_click")).get("manual_campaign"))
    named = {
        "source": last.get("source") or came.get("manual_source") or params.get("source"),
        "medium": last.get("medium") or came.get("manual_medium") or params.get("medium"),
        "campaign": last.get("campaign_name") or came.get("manual_campaign_name") or params.get("campaign"),
        "country": geo.get("country"),
        "device": device.get("category"),
        "os": device.get("operating_system"),
        "browser": _record(device.get("web_info")).get("browser") or device.get("browser"),
        "language": device.get("language"),
    }
    return tuple((dimension, str(label)) for dimension, label in named.items() if label)


def _path(location: str) -> str:
    try:
        return urlsplit(location).path or "/"
    except ValueError:
        return "/"


def _list(value: object) -> list[Event]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _record(value: object) -> Event:
    return cast("Event", value) if isinstance(value, dict) else {}
