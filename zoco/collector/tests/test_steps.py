"""The other steps: target, site, device, place, visitor, and all of them one after the other."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from zoco.collector.event import Event
from zoco.collector.memo import Memo
from zoco.collector.reasons import Reason, Refused, Tally
from zoco.collector.steps import through
from zoco.collector.steps.device import Device, device_of, hinted
from zoco.collector.steps.place import country_of, plain_address
from zoco.collector.steps.site import host_of
from zoco.collector.steps.target import is_asset, name_of, parts
from zoco.collector.steps.visitor import LocalDay, import_salt, local_day, pseudonym, salts_for
from zoco.kit.hosts import plain_host, registrable
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.sites.published import PublishedSite

NAMES = [
    ("GET", "/", 200, "web.page.served"),
    ("GET", "/a.html", 304, "web.page.served"),
    ("GET", "/a.css", 304, "web.asset.served"),
    ("GET", "/A.PNG", 200, "web.asset.served"),
    ("GET", "/v1.2/docs", 200, "web.page.served"),
    ("GET", "/file.zip", 206, "web.asset.served"),
    ("GET", "/a.css", 404, "web.error.served"),
    ("GET", "/", 500, "web.error.served"),
    ("", "", 400, "web.error.served"),
    ("GET", "/a.css", 301, "web.redirect.served"),
    ("POST", "/login", 303, "web.redirect.served"),
    ("POST", "/login", 200, "web.call.served"),
    ("HEAD", "/a.css", 200, "web.call.served"),
    ("OPTIONS", "*", 204, "web.call.served"),
]


@pytest.mark.parametrize(("method", "path", "status", "name"), NAMES)
def test_name_of_a_hit(method: str, path: str, status: int, name: str) -> None:
    assert name_of(method, status, asset=is_asset(path)) == name


@pytest.mark.parametrize(
    ("method", "status", "reason"),
    [("GET", 99, Reason.BAD_STATUS), ("GET", 600, Reason.BAD_STATUS), ("", 200, Reason.BAD_REQUEST)],
)
def test_hit_that_makes_no_sense_is_refused(method: str, status: int, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        name_of(method, status, asset=False)

    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/a?b=c#d", "/a", "b=c"),
        (b"http://proxy.example/a?b", "/a", "b"),
        (b"http://proxy.example", "/", ""),
        (b"http://proxy.example?x", "/", "x"),
        (b"*", "*", ""),
        (b"proxy.example:443", "", ""),
        (b"/?q=\xff", "/", "q=%FF"),
    ],
)
def test_target_is_parted(target: bytes, path: str, query: str) -> None:
    assert parts(target) == (path, query)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("Shop.Example:443", "shop.example"),
        ("shop.example.", "shop.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("[2001:db8::1]:80", "[2001:db8::1]"),
        ("a b", ""),
        ("<script>", ""),
    ],
)
def test_host_in_its_plain_form(given: str, plain: str) -> None:
    assert plain_host(given) == plain


def test_registrable_domain_follows_the_public_suffix_list() -> None:
    assert registrable("www.shop.example.co.uk") == "example.co.uk"
    assert registrable("me.github.io") == "me.github.io"
    assert registrable("localhost") == "localhost"
    assert registrable("192.0.2.1") == "192.0.2.1"


def test_strange_host_is_refused_unless_any_is_welcome(site: PublishedSite) -> None:
    assert host_of("WWW.shop.example:443", site) == "www.shop.example"
    assert host_of("", site) == "shop.example"
    assert host_of("other.example", site, any_host=True) == "other.example"
    with pytest.raises(Refused) as refused:
        host_of("other.example", site)
    assert refused.value.reason is Reason.UNKNOWN_HOST


AGENTS = [
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Mobile/15E148 Safari/604.1",
        Device("phone", "Mobile Safari", "17", "iOS", "17.5"),
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        Device("desktop", "Firefox", "128", "Linux", ""),
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/126.0.0.0 Safari/537.36",
        Device("desktop", "Chrome", "126", "Windows", "10"),
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/126.0.0.0 Mobile Safari/537.36",
        Device("phone", "Chrome Mobile", "126", "Android", "10"),
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 16_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/16.3 Mobile/15E148 Safari/604.1",
        Device("tablet", "Mobile Safari", "16", "iOS", "16.3"),
    ),
]


@pytest.mark.parametrize(("user_agent", "device"), AGENTS)
def test_device_by_user_agent(user_agent: str, device: Device) -> None:
    assert device_of(user_agent) == device


def test_device_of_machines_tvs_and_nobody() -> None:
    assert device_of("Googlebot/2.1").device == "bot"
    assert device_of("Mozilla/5.0 (SMART-TV; Linux; Tizen 2.4.0) AppleWebKit/538.1").device == "tv"
    assert device_of("").device == "bot"
    assert device_of(None) == Device()


def test_client_hints_win_over_the_frozen_user_agent() -> None:
    hints = {
        "sec-ch-ua": '"Not/A)Brand";v="8", "Chromium";v="126", "Microsoft Edge";v="126"',
        "sec-ch-ua-platform": '"Windows"',
        "sec-ch-ua-platform-version": '"15.0.0"',
        "sec-ch-ua-mobile": "?0",
    }

    found = hinted(Device("desktop", "Chrome", "126", "Windows", "10"), hints)

    assert found == Device("desktop", "Edge", "126", "Windows", "11")


def test_address_has_one_form_and_a_country() -> None:
    assert plain_address("::ffff:8.8.8.8") == "8.8.8.8"
    assert plain_address("2001:0DB8::0001") == "2001:db8::1"
    assert plain_address("crawler.example") == ""
    assert plain_address("1.2.3.4\0") == ""
    assert country_of("8.8.8.8") == "US"
    assert country_of("::ffff:8.8.8.8") == "US"
    assert country_of("10.0.0.1") == ""


def at(text: str, zone: str = "Europe/Madrid") -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("moment", "zone", "day", "early"),
    [
        ("2015-05-17 23:59:59.999999", "Europe/Madrid", date(2015, 5, 17), False),
        ("2015-05-18 00:00:00", "Europe/Madrid", date(2015, 5, 18), True),
        ("2015-05-18 00:29:59.999999", "Europe/Madrid", date(2015, 5, 18), True),
        ("2015-05-18 00:30:00", "Europe/Madrid", date(2015, 5, 18), False),
        ("2015-03-29 03:10:00", "Europe/Madrid", date(2015, 3, 29), False),
        # The day begins at one o'clock where midnight is left out.
        ("2018-11-04 01:29:00", "America/Sao_Paulo", date(2018, 11, 4), True),
        ("2018-11-04 01:30:00", "America/Sao_Paulo", date(2018, 11, 4), False),
        ("2015-05-18 00:10:00", "Asia/Kolkata", date(2015, 5, 18), True),
        ("2015-05-18 00:10:00", "Australia/Lord_Howe", date(2015, 5, 18), True),
    ],
)
def test_local_day_and_its_first_half_hour(moment: str, zone: str, day: date, early: bool) -> None:
    assert local_day(at(moment, zone), zone) == LocalDay(day, early)


@pytest.mark.parametrize("moment", [-62_135_596_800_000_000, 253_402_300_799_000_000, 10**18, -(10**18)])
def test_moment_outside_the_calendar_is_refused(moment: int) -> None:
    with pytest.raises(Refused) as refused:
        local_day(moment, "Pacific/Auckland" if moment > 0 else "America/New_York")

    assert refused.value.reason is Reason.BAD_DATE


def test_visitor_lives_for_a_day_and_is_linked_over_midnight(site: PublishedSite) -> None:
    evening = salts_for(site.import_key, LocalDay(date(2015, 5, 17), False))
    night = salts_for(site.import_key, LocalDay(date(2015, 5, 18), True))
    who = (site.id, "192.0.2.7", "Firefox", "shop.example")

    assert evening[1] == b""
    assert night[1] == evening[0]
    assert pseudonym(evening[0], *who) == pseudonym(night[1], *who)
    assert pseudonym(evening[0], *who) != pseudonym(night[0], *who)
    assert 0 < pseudonym(night[0], *who) < 1 << 63


def test_visitor_depends_on_each_of_its_parts() -> None:
    salt = import_salt("5a" * 32, date(2015, 5, 17))
    who = (7, "192.0.2.7", "Firefox", "www.shop.example")

    assert pseudonym(salt, *who) == pseudonym(salt, 7, "::ffff:192.0.2.7", "Firefox", "shop.example")
    others = [(8, *who[1:]), (7, "192.0.2.8", *who[2:]), (*who[:2], "Opera", who[3]), (*who[:3], "b.example")]
    assert len({pseudonym(salt, *each) for each in [who, *others]}) == 5
    assert pseudonym(salt, 7, "-", "Firefox", "shop.example") == 0


def test_event_goes_through_all_steps(site: PublishedSite) -> None:
    fact = Fact(id="0", site=0, name="", origin="server", occurred_at=1)
    event = Event(
        site=site,
        fact=fact,
        address="8.8.8.8",
        user_agent=AGENTS[2][0],
        hints={"sec-ch-ua-platform": '"Windows"', "sec-ch-ua-platform-version": '"14.0"'},
        host="shop.example",
        target="/offer?utm_source=crm&utm_medium=email",
        status=200,
        referrer="https://www.google.com/",
        salt=b"salt",
    )

    done = through(event).fact

    assert (done.site, done.host, done.name, done.path) == (7, "shop.example", "web.page.served", "/offer")
    assert (done.source, done.medium, done.channel) == ("crm", "email", "email")
    assert (done.os, done.os_version, done.country, done.verdict) == ("Windows", "11", "US", "human")
    assert done.visitor != 0
    assert "8.8.8.8" not in repr(done)


def test_memo_is_bounded_and_keeps_what_is_used() -> None:
    worked: list[int] = []
    memo: Memo[int, int] = Memo(lambda key: worked.append(key) or key * 2, 10)  # type: ignore[func-returns-value]

    for key in range(100):
        assert memo[key] == key * 2
        assert memo[0] == 0

    assert worked == list(range(100))
    assert len(memo) + len(memo.old) <= 20


def test_reasons_are_counted_and_written_most_frequent_first() -> None:
    tally = Tally([Reason.TORN, Reason.BAD_DATE, Reason.BAD_DATE])

    assert list(tally.as_json().items()) == [("bad_date", 2), ("torn", 1)]
    assert all(reason.sentence.endswith(".") for reason in Reason)
