"""The fast way gives what the steps give for each line; and the counts are right."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest

from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.files.reading import LogFile
from zoco.collector.logs.importing import LogImport, Plan
from zoco.collector.logs.plain import fact_of
from zoco.collector.logs.quick import Quick
from zoco.collector.reasons import Reason
from zoco.collector.tests.conftest import REAL_LOG, line, read
from zoco.kit.ids import uuid8
from zoco.ledger import schema
from zoco.ledger.schema import Fact
from zoco.sites.published import PublishedSite

real_log = pytest.mark.skipif(not REAL_LOG.exists(), reason="real data is not on this machine")


@real_log
def test_every_real_line_is_told_as_the_steps_say(site: PublishedSite) -> None:
    site = PublishedSite(**{name: getattr(site, name) for name in site.__struct_fields__})
    combined, seen = FORMATS.get("combined"), Counter[bytes]()
    lines = REAL_LOG.read_bytes().splitlines()
    quick = Quick(site, combined, "apache_logs", 5)

    facts = read(quick, lines)

    for raw, fact in zip(lines, facts, strict=True):
        seen[raw] += 1
        assert fact == fact_of(raw, site, combined, nth=seen[raw], origin_key="apache_logs", received_at=5)
    assert quick.counts.facts == 10_000


def counted(raw: bytes) -> dict[str, str]:
    """Read a line the simplest way there is: by splitting at quotes."""
    parts = raw.decode().split('"')
    day, month, _ = parts[0].split("[")[1].split(":")[0].split("/")
    return {
        "day": f"2015-{ {'May': '05'}[month] }-{day}",
        "who": f"{parts[0].split()[0]} {parts[5]}",
        "method": parts[1].split()[0],
        "path": parts[1].split()[1].split("?")[0].split("#")[0],
        "status": parts[2].split()[0],
        "agent": parts[5],
    }


@real_log
def test_days_of_the_real_log_agree_with_a_count_in_plain_python(
    plan: Plan, spooled: Callable[[], list[Fact]]
) -> None:
    hits, visitors, views, missing = Counter[str](), defaultdict(set), Counter[str](), Counter[str]()
    bots = Counter[str]()
    for raw in REAL_LOG.read_bytes().splitlines():
        row = counted(raw)
        hits[row["day"]] += 1
        visitors[row["day"]].add(row["who"])
        missing[row["day"]] += row["status"] == "404"
        is_bot = row["agent"] == "-" or any(word in row["agent"].lower() for word in BOT_WORDS)
        bots[row["day"]] += is_bot
        _, dot, extension = row["path"].rpartition("/")[2].rpartition(".")
        is_page = not dot or extension.lower() not in FILES
        views[row["day"]] += row["method"] == "GET" and row["status"] in ("200", "206", "304") and is_page

    in_utc = PublishedSite(
        id=1, slug="a", name="A", zone="UTC", currency="EUR", hostnames=("a.example",), import_key="11" * 32
    )
    importing = LogImport(replace(plan, site=in_utc), LogFile(str(REAL_LOG)))
    while importing.read_on():
        pass
    importing.finish()

    by_day = defaultdict(list)
    for fact in spooled():
        by_day[f"2015-05-{17 + (fact.occurred_at - 1_431_820_800_000_000) // 86_400_000_000}"].append(fact)
    assert {day: len(facts) for day, facts in by_day.items()} == hits
    assert {day: len({fact.visitor for fact in facts}) for day, facts in by_day.items()} == {
        day: len(who) for day, who in visitors.items()
    }
    assert {day: sum(f.name == "web.page.served" for f in facts) for day, facts in by_day.items()} == views
    assert {day: sum(f.status == 404 for f in facts) for day, facts in by_day.items()} == missing
    assert {day: sum(f.verdict != "human" for f in facts) for day, facts in by_day.items()} == bots


# Extensions in the real log that are loaded or fetched, not read as a page.
LOADED = "css js png jpg jpeg gif ico svg ttf woff swf txt xml xsl pdf jar exe gz deb pyc doc pcap"
FILES = set(LOADED.split())
# Words that the bots of the real log have in their user agents, found by looking at all 559 of them.
WORDS = (
    "bot spider crawl slurp feed rss archive fetch reader http_request python curl wget chef libwww-perl "
    "phantomjs cfnetwork ruby livejournal embedly flipboard facebookexternal preview favicon siteexplorer "
    "spinn3r distilator liferea appengine superblock simplepie commafeed nutch daumoa xenu genieo "
    "imageproxy ms-office changedetection lwp:: ezooms desktop.google portscout validator indy binlar "
    "robosourcer discovery as_qdr discoverer docs.google.com/viewer user-agent:"
)
BOT_WORDS = [*WORDS.split(), "mozilla/5.0 gecko/"]


def test_equal_lines_are_told_apart_by_their_count(site: PublishedSite) -> None:
    combined, raw = FORMATS.get("combined"), line()
    quick = Quick(site, combined, "x", 5)

    facts = read(quick, [raw, line(second=1), raw, raw])

    assert [fact.id for fact in facts] == [
        uuid8(7, raw, 1),
        uuid8(7, line(second=1), 1),
        uuid8(7, raw, 2),
        uuid8(7, raw, 3),
    ]


def test_what_was_searched_for_is_kept_of_pages_alone(site: PublishedSite) -> None:
    combined, quick = FORMATS.get("combined"), Quick(site, FORMATS.get("combined"), "x", 5)
    asked = line(path="/find?page=2&q=Red+C%C3%A4rs")
    post, missing = asked.replace(b"GET", b"POST"), asked.replace(b'" 200 ', b'" 404 ')
    lines = [asked, line(path="/find?q="), post, missing, line(path="/a.css?q=1")]

    facts = read(quick, lines)

    assert [fact.props for fact in facts] == [{"search": "red cärs"}, {}, {"method": "POST"}, {}, {}]
    assert facts == [fact_of(raw, site, combined, origin_key="x", received_at=5) for raw in lines]


def test_equal_lines_are_counted_over_two_generations(site: PublishedSite) -> None:
    quick, raw, ids = Quick(site, FORMATS.get("combined"), "x", 5), line(), []

    for _ in range(4):
        ids += [fact.id for fact in read(quick, [raw])]
        quick.turn()

    assert ids == [uuid8(7, raw, 1), uuid8(7, raw, 2), uuid8(7, raw, 2), uuid8(7, raw, 2)]


def test_another_site_gives_other_ids(site: PublishedSite) -> None:
    other = PublishedSite(
        id=8, slug="b", name="B", zone="UTC", currency="EUR", hostnames=(), import_key=site.import_key
    )
    combined = FORMATS.get("combined")

    assert fact_of(line(), site, combined).id != fact_of(line(), other, combined).id
    assert fact_of(line(), site, combined).visitor != fact_of(line(), other, combined).visitor


def test_refusals_are_counted_with_number_and_reason(site: PublishedSite) -> None:
    quick = Quick(site, FORMATS.get("virtual"), "x", 5)
    good = b"shop.example " + line()
    lines = [
        good,
        b"",
        b"nonsense",
        b"other.example " + line(),
        good.replace(b"17/May", b"31/Feb"),
        good.replace(b"GET / HTTP/1.1", b"\\x16\\x03\\x01"),
        good.replace(b'" 200 ', b'" 999 '),
        good.replace(b'GET / HTTP/1.1" 200', b'\\x16\\x03" 400'),
    ]

    facts = read(quick, lines, 11)

    assert [(refusal.number, refusal.reason) for refusal in quick.refusals] == [
        (13, Reason.UNREADABLE),
        (14, Reason.UNKNOWN_HOST),
        (15, Reason.BAD_DATE),
        (16, Reason.BAD_REQUEST),
        (17, Reason.BAD_STATUS),
    ]
    assert (quick.counts.lines, quick.counts.facts, quick.counts.blank) == (8, 2, 1)
    assert [(fact.name, fact.path) for fact in facts] == [("web.page.served", "/"), ("web.error.served", "")]


def test_no_address_is_in_any_fact(site: PublishedSite) -> None:
    quick = Quick(site, FORMATS.get("combined"), "x", 5)

    (fact,) = read(quick, [line(address="203.0.113.77")])

    assert "203.0.113.77" not in schema.encoder.encode(fact).decode()


def test_first_half_hour_of_the_local_day_links_to_the_day_before(site: PublishedSite) -> None:
    combined = FORMATS.get("combined")
    evening = fact_of(line().replace(b"10:05:00", b"21:59:59"), site, combined)
    night = fact_of(line().replace(b"10:05:00", b"22:29:59"), site, combined)
    later = fact_of(line().replace(b"10:05:00", b"22:30:00"), site, combined)

    assert evening.visitor_before == 0
    assert night.visitor_before == evening.visitor
    assert night.visitor == later.visitor != evening.visitor
    assert later.visitor_before == 0
