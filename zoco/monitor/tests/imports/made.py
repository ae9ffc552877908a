"""Small exports written after the formats' descriptions, with sums counted by hand; none is a real one."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

# One row is one day: page_views, visits, visitors, bounces, seconds.
HEAD = "date,visitors,pageviews,bounces,visits,visit_duration\n"


def plausible() -> bytes:
    """Two days: 30 views, 16 visits, 13 visitors (5 + 8), 7 bounces, 100 s; one row of no day."""
    span = "_20240228_20240229.csv"
    return zipped(
        {
            f"imported_visitors{span}": HEAD
            + '"2024-02-28",5,10,3,6,60\n"2024-02-29",8,20,4,10,40\n"yesterday",1,1,1,1,1\n',
            f"imported_pages{span}": "date,hostname,page,visits,visitors,pageviews\n"
            '2024-02-28,shop.example,"/a, b",4,4,6\n2024-02-28,shop.example,/,3,3,4\n'
            "2024-02-29,shop.example,/,10,8,20\n",
            f"imported_sources{span}": "date,source,referrer,utm_source,utm_medium,utm_campaign,utm_content,"
            "utm_term,pageviews,visitors,visits,visit_duration,bounces\n"
            "2024-02-28,Google,google.com,,,,,,6,3,4,40,1\n2024-02-28,Google,google.es,,,spring,,,4,3,2,20,2\n",
            f"imported_locations{span}": "date,country,region,city,visitors,visits,visit_duration,bounces,"
            "pageviews\n2024-02-28,ES,ES-MD,3117735,5,6,60,3,10\n",
            "readme.txt": "hello",
        }
    )


def matomo() -> bytes:
    """The same two days, in UTF-16 as Matomo sends CSV, pages as JSON, countries as XML."""
    summary = (
        "date,nb_uniq_visitors,nb_visits,nb_actions,nb_pageviews,bounce_count,sum_visit_length\n"
        "2024-02-28,5,6,12,10,3,60\n2024-02-29,8,10,25,20,4,40\n2024-03-01,,,,,,\n2024-02-28,1,1,1,1,1,1\n"
    )
    pages = {
        "2024-02-28": [
            {"label": "/a", "nb_visits": 4, "nb_hits": 6},
            {"label": "/", "nb_visits": 3, "nb_hits": 4},
        ],
        "2024-02-29": [{"label": "/", "nb_visits": 10, "nb_hits": 20}],
        "2024-03-01": [],
    }
    countries = (
        '<?xml version="1.0" encoding="utf-8" ?>\n<results>\n <result date="2024-02-28">\n  <row>\n'
        "   <label>Spain</label>\n   <nb_visits>6</nb_visits>\n  </row>\n </result>\n"
        ' <result date="2024-02-29" />\n</results>\n'
    )
    return zipped(
        {
            "API.get.csv": summary.encode("utf-16"),
            "Actions.getPageUrls.json": json.dumps(pages),
            "UserCountry.getCountry.xml": countries,
        }
    )


def ga4() -> bytes:
    """The same two days as one report's file of three tables; the last is of no days."""
    text = (
        "# ----------------------------------------\n# Report snapshot\n# Account: Shop\n"
        "# ----------------------------------------\n#\n# Start date: 20240228\n# End date: 20240229\n"
        "Nth day,Active users,Sessions,Engaged sessions,Average session duration\n0000,5,6,3,10\n"
        "0001,8,10,6,4\n"
        "\n# Start date: 20240228\n# End date: 20240229\nDate,Views\n20240228,10\n20240229,20\n"
        ",30,Grand total\n"
        "\n# Start date: 20240228\n# End date: 20240229\nDate,Page path and screen class,Views\n"
        "20240228,/a,6\n20240228,/,4\n20240229,/,20\n"
        "\n# Start date: 20240228\n# End date: 20240229\nCountry,Active users\nSpain,13\n"
    )
    return text.encode()


def ga4_events() -> bytes:
    """Two people, three visits on two days, five views; one event without consent, one line that is none."""
    events = [
        ga4_event("ann", 1, "28 10:00:00", "page_view", "https://shop.example/?x=1", engaged=True),
        ga4_event("ann", 1, "28 10:00:20", "page_view", "https://shop.example/a"),
        ga4_event("ann", 1, "28 10:00:30", "purchase", "https://shop.example/a"),
        ga4_event("ann", 2, "29 09:00:00", "page_view", "https://shop.example/"),
        ga4_event("bob", 7, "28 12:00:00", "page_view", "https://shop.example/"),
        ga4_event("bob", 7, "28 12:00:10", "page_view", "https://shop.example/b"),
        {**ga4_event("", 0, "28 12:00:10", "page_view", "https://shop.example/b"), "user_pseudo_id": None},
    ]
    return "\n".join([*(json.dumps(event) for event in events), '{"event_date":']).encode()


def ga4_event(
    who: str, session: int, at: str, name: str, page: str, *, engaged: bool = False
) -> dict[str, object]:
    """Make a row of events_…; numbers are texts, as BigQuery writes INT64."""
    from datetime import UTC, datetime

    moment = datetime.fromisoformat(f"2024-02-{at}").replace(tzinfo=UTC)
    params = [
        {"key": "page_location", "value": {"string_value": page}},
        {"key": "ga_session_id", "value": {"int_value": str(session)}},
    ]
    if engaged:
        params.append({"key": "session_engaged", "value": {"string_value": "1"}})
    return {
        "event_date": f"202402{at[:2]}",
        "event_timestamp": str(int(moment.timestamp() * 1_000_000)),
        "event_name": name,
        "event_params": params,
        "user_pseudo_id": who,
        "device": {"category": "mobile", "operating_system": "iOS", "web_info": {"browser": "Safari"}},
        "geo": {"country": "Spain"},
        "session_traffic_source_last_click": {"manual_campaign": {"source": "google", "medium": "organic"}},
    }


SHOP, BLOG = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
EVENTS = (
    # website, session, visit, at (UTC), path, referrer, type, event
    (SHOP, "s1", "v1", "2024-02-28 10:00:00", "/it's", "google.com", 1, None),
    (SHOP, "s1", "v1", "2024-02-28 10:00:30", "/a", None, 1, None),
    (SHOP, "s1", "v1", "2024-02-28 10:00:40", "/a", None, 2, "signed\tup"),
    # half past midnight in Madrid
    (SHOP, "s2", "v2", "2024-02-28 23:30:00", "/", None, 1, None),
    (SHOP, "s1", "v3", "2024-02-29 08:00:00", "/", None, 1, None),
    (BLOG, "s9", "v9", "2024-02-28 10:00:00", "/", None, 1, None),
)


def umami_postgres(*, websites: bool = True) -> bytes:
    """A dump by pg_dump; in Madrid 28 February has one visit of two views, 29 February two of one each."""
    rows = "".join(
        "\t".join([f"e{number}", *(_copied(value) for value in row)]) + "\n"
        for number, row in enumerate(EVENTS)
        if websites or row[0] == SHOP
    )
    text = (
        "--\n-- PostgreSQL database dump\n--\nSET statement_timeout = 0;\n"
        "CREATE TABLE public.session (\n    session_id uuid NOT NULL\n);\n"
        "COPY public.session (session_id, website_id, browser, os, device, country) FROM stdin;\n"
        f"s1\t{SHOP}\tsafari\tiOS\tmobile\tES\ns2\t{SHOP}\tfirefox\tLinux\tdesktop\tFR\n\\.\n\n"
        "COPY public.website (website_id, name, domain) FROM stdin;\n"
        f"{SHOP}\tShop\tshop.example\n{BLOG}\tBlog\tblog.example\n\\.\n\n"
        "COPY public.website_event (event_id, website_id, session_id, visit_id, created_at, url_path,"
        f" referrer_domain, event_type, event_name) FROM stdin;\n{rows}torn\n\\.\n"
    )
    return gzip.compress(text.encode(), mtime=0)


def _copied(value: object) -> str:
    return "\\N" if value is None else str(value).replace("\t", "\\t")


def umami_mysql() -> bytes:
    """The same by mysqldump: one long INSERT a table, columns from CREATE TABLE."""
    rows = ",".join(
        "(" + ",".join([f"'e{number}'", *(_quoted(value) for value in row)]) + ")"
        for number, row in enumerate(EVENTS)
        if row[0] == SHOP
    )
    names = "event_id website_id session_id visit_id created_at url_path referrer_domain event_type"
    names += " event_name"
    declared = ",\n".join(f"  `{name}` varchar(36)" for name in names.split())
    return (
        "-- MySQL dump 10.13\nCREATE TABLE `website_event` (\n"
        f"{declared},\n  PRIMARY KEY (`event_id`)\n) ENGINE=InnoDB;\n"
        f"INSERT INTO `website_event` VALUES {rows};\n"
    ).encode()


def _quoted(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "\\'") + "'"


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Pack files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 3, 1, 0, 0, 0)), content)
    return packed.getvalue()


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a file and return where."""
    path = folder / name
    path.write_bytes(content)
    return path


SAMPLES: dict[str, Callable[[], bytes]] = {
    "plausible": plausible,
    "matomo": matomo,
    "ga4": ga4,
    "umami": lambda: umami_postgres(websites=False),
}
