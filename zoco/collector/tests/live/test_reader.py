"""From a request to facts: what is taken, what is refused, and whose it is."""

import json
from decimal import Decimal
from typing import Any

import pytest

from zoco.collector.live.reader import language_of
from zoco.collector.tests.live.conftest import AGENT, NOW, PAGE, Reading

HOUR = 3_600_000_000


def body(**fields: Any) -> str:
    """Return a request with one fact."""
    return json.dumps({"url": "https://shop.example/a", **fields})


def test_page_view_has_everything_that_the_steps_know(read: Reading) -> None:
    sent = body(
        url="https://www.shop.example/Honig%20A/?utm_source=news&utm_medium=email&utm_campaign=may#top",
        referrer="https://mail.example/inbox?id=5",
        title="  Honey\n ana@b.example ",
        screen=1300,
        id="0199a000-0000-7000-8000-000000000001",
    )
    [fact] = read(sent).facts

    assert (fact.id, fact.site, fact.name, fact.origin) == (
        "0199a000-0000-7000-8000-000000000001", 7, "web.page.viewed", "tracker",
    )  # fmt: skip
    assert (fact.occurred_at, fact.received_at) == (NOW, NOW)
    assert (fact.host, fact.path, fact.title) == ("www.shop.example", "/Honig%20A/", "Honey (email)")
    assert (fact.source, fact.medium, fact.campaign, fact.channel) == ("news", "email", "may", "email")
    assert (fact.referrer_host, fact.referrer) == ("mail.example", "https://mail.example/inbox?id=*")
    assert (fact.browser, fact.os, fact.device, fact.verdict) == ("Firefox", "Linux", "desktop", "human")
    assert (fact.country, fact.language, fact.screen) == ("ES", "es", "1024-1439")
    assert fact.visitor > 0
    assert fact.visitor_before == 0
    assert fact.user_agent == AGENT


@pytest.mark.parametrize(
    ("query", "props"),
    [
        ("q=Red++Cars%0A&page=2", {"search": "red cars"}),
        ("q=&SEARCH=ana@b.example", {"search": "(email)"}),
        ("q=" + "x" * 500, {"search": "x" * 200}),
        ("q=", {}),
        ("query=red", {}),
    ],
)
def test_what_was_searched_for_is_kept_of_page_views(
    read: Reading, query: str, props: dict[str, str]
) -> None:
    [seen] = read(body(url=f"https://shop.example/find?{query}")).facts
    [stayed] = read(body(url=f"https://shop.example/find?{query}", type="engagement", ms=5)).facts

    assert (seen.path, seen.props, stayed.props) == ("/find", props, {})


def test_no_address_is_in_a_fact(read: Reading) -> None:
    assert "81.0.32.7" not in repr(read(PAGE).facts)


def test_event_keeps_its_properties_with_their_types(read: Reading) -> None:
    props = {"plan": "pro", "seats": 3, "price": 9.5, "is_new": True}
    [fact] = read(
        body(type="event", event="sign up", props=props, amount="12.5", currency="EUR", quantity=2)
    ).facts

    assert (fact.name, fact.subject_kind, fact.subject) == ("web.event.sent", "event", "sign up")
    assert fact.props == props
    assert (fact.amount, fact.currency, fact.amount_site) == (Decimal("12.5000"), "EUR", Decimal("12.5000"))
    assert fact.quantity == 2


def test_money_of_another_currency_waits_for_a_rate(read: Reading) -> None:
    [fact] = read(body(type="event", event="buy", amount="-3", currency="JPY")).facts
    assert (fact.amount, fact.currency, fact.amount_site) == (Decimal(-3), "JPY", Decimal(0))


def test_engagement_counts_milliseconds_and_the_part_that_was_seen(read: Reading) -> None:
    [fact] = read(body(type="engagement", ms=4200, scroll=80)).facts
    assert (fact.name, fact.quantity, fact.props) == ("web.page.engaged", 4200, {"scroll": 80})


def test_it_happened_as_long_ago_as_the_sender_says(read: Reading) -> None:
    [fact] = read(body(age=5_000)).facts
    assert (fact.occurred_at, fact.received_at) == (NOW - 5_000_000, NOW)


def test_facts_of_yesterday_bear_yesterdays_pseudonym(read: Reading) -> None:
    [today] = read(PAGE).facts
    [late] = read(body(age=13 * 3_600_000)).facts
    [then] = read(PAGE, at=NOW - 13 * HOUR).facts
    assert late.visitor == then.visitor != today.visitor


def test_the_first_half_hour_names_yesterdays_pseudonym_too(read: Reading) -> None:
    midnight = NOW - 12 * HOUR
    [before] = read(PAGE, at=midnight - 1).facts
    [early] = read(PAGE, at=midnight + HOUR // 2 - 60_000_000).facts
    [later] = read(PAGE, at=midnight + HOUR // 2).facts
    assert early.visitor_before == before.visitor
    assert early.visitor == later.visitor
    assert later.visitor_before == 0


def test_sites_are_told_by_the_pages_host(read: Reading) -> None:
    found = read('[{"url":"https://news.example/x"},{"url":"http://WWW.SHOP.EXAMPLE:8080/"}]')
    assert [(fact.site, fact.host) for fact in found.facts] == [(8, "news.example"), (7, "www.shop.example")]


def test_a_path_behind_the_hash_belongs_to_the_page(read: Reading) -> None:
    paths = [
        read(body(url=f"https://shop.example/app{tail}")).facts[0].path
        for tail in ("#/cart?x=1", "#!/cart", "#part", "")
    ]
    assert paths == ["/app%23/cart", "/app%23!/cart", "/app", "/app"]


def test_a_program_that_drives_a_browser_is_no_person(read: Reading) -> None:
    [fact] = read(body(driven=True)).facts
    assert (fact.verdict, fact.reason) == ("headless", "driven by a program")
    [bot] = read(body(driven=True), user_agent="Googlebot/2.1 (+http://www.google.com/bot.html)").facts
    assert bot.verdict == "bot"


def test_client_hints_say_what_the_user_agent_hides(read: Reading) -> None:
    hints = {"sec-ch-ua-platform": '"Windows"', "sec-ch-ua-platform-version": '"15.0.0"'}
    [fact] = read(PAGE, hints=hints).facts
    assert (fact.os, fact.os_version) == ("Windows", "11")
    assert json.loads(fact.client_hints) == hints


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "https://other.example/"}, "unknown_host"),
        ({"url": "ftp://shop.example/"}, "bad_url"),
        ({"url": "https:///nowhere"}, "bad_url"),
        ({"url": "https://shop.example/\0"}, "bad_url"),
        ({"url": "https://shop.example/a?\0=b"}, "bad_url"),
        ({"url": "https://[::1"}, "unknown_host"),
        ({"url": "https://a b.example/"}, "bad_url"),
        ({"url": "https://shop.example/" + "a" * 8_192}, "bad_url"),
        ({"referrer": "https://x.example/" + "a" * 8_192}, "bad_url"),
        ({"title": "a" * 501}, "bad_title"),
        ({"id": "1"}, "bad_id"),
        ({"id": "0199A000-0000-7000-8000-000000000001"}, "bad_id"),
        ({"age": -1}, "too_old"),
        ({"age": 86_400_001}, "too_old"),
        ({"screen": -1}, "bad_number"),
        ({"type": "engagement", "ms": -1}, "bad_number"),
        ({"type": "engagement", "ms": 1, "scroll": 101}, "bad_number"),
        ({"type": "event"}, "bad_event"),
        ({"type": "event", "event": "a" * 65}, "bad_event"),
        ({"type": "event", "event": "a\nb"}, "bad_event"),
        ({"event": "buy"}, "bad_event"),
        ({"amount": "1", "currency": "EUR"}, "bad_event"),
        ({"type": "event", "event": "buy", "amount": "1"}, "bad_money"),
        ({"type": "event", "event": "buy", "amount": "1", "currency": "euro"}, "bad_money"),
        ({"type": "event", "event": "buy", "amount": "1.00001", "currency": "EUR"}, "bad_money"),
        ({"type": "event", "event": "buy", "amount": "NaN", "currency": "EUR"}, "bad_money"),
        ({"type": "event", "event": "buy", "amount": "1e30", "currency": "EUR"}, "bad_money"),
        ({"type": "event", "event": "buy", "amount": "1E999999999", "currency": "EUR"}, "bad_money"),
        ({"type": "event", "event": "buy", "quantity": 2**53 + 1}, "bad_number"),
        ({"props": {"a": "x" * 16_377}}, "bad_props"),
        ({"props": {"a": [1, {"b": None}]}}, "bad_props"),
        ({"props": {"a": [[[[[[[[1]]]]]]]]}}, "bad_props"),
        ({"props": {"a": {"": 1}}}, "bad_props"),
        ({"status": 200}, "bad_number"),
        ({"type": "engagement", "ms": 5, "status": 404}, "bad_number"),
        ({"type": "vitals"}, "bad_number"),
        ({"type": "vitals", "props": {"fid": 3}}, "bad_number"),
        ({"type": "vitals", "props": {"lcp": -1}}, "bad_number"),
        ({"type": "vitals", "props": {"cls": True}}, "bad_number"),
        ({"type": "event", "event": "buy", "subject": "HNY-500"}, "bad_subject"),
        ({"type": "event", "event": "shop.basket.added"}, "bad_subject"),
        ({"type": "event", "event": "shop.checkout.begun", "subject": "HNY-500"}, "bad_subject"),
        ({"type": "event", "event": "shop.basket.added", "subject": "x" * 129}, "bad_subject"),
        (
            {"type": "event", "event": "shop.basket.added", "subject": "x", "amount": "1", "currency": "EUR"},
            "bad_subject",
        ),
        ({"subject": "x"}, "bad_event"),
        ({"props": {"a": 10**400}}, "bad_props"),
        ({"props": {"a": -(10**400)}}, "bad_props"),
        ({"props": {"a": None}}, "bad_props"),
        ({"props": {"1a": 1}}, "bad_props"),
        ({"props": {"a": 2**54}}, "bad_props"),
        ({"colour": "red"}, "bad_json"),
        ({"type": "click"}, "bad_json"),
        ({"url": None}, "bad_json"),
    ],
)
def test_what_goes_over_a_limit_is_refused_in_whole(
    read: Reading, fields: dict[str, Any], reason: str
) -> None:
    found = read(body(**fields))
    assert not found.facts
    assert [each.reason for each in found.refused] == [reason]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "bad_json"),
        (b"[]", "bad_json"),
        (b"null", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 60_000, "bad_json"),
        (b" " * 65_537, "too_large"),
        (b"[" + b",".join([PAGE.encode()] * 101) + b"]", "too_many"),
    ],
)
def test_a_body_of_another_shape_is_refused(read: Reading, raw: bytes, reason: str) -> None:
    found = read(raw)
    assert not found.facts
    assert [(each.reason, each.site) for each in found.refused] == [(reason, 7)]


def test_the_good_facts_of_a_request_are_taken_and_the_others_named(read: Reading) -> None:
    found = read(f'[{PAGE},{{"url":"https://other.example/x"}},{PAGE}]')
    assert len(found.facts) == 2
    assert [(each.index, each.reason, each.host) for each in found.refused] == [
        (1, "unknown_host", "other.example")
    ]


def test_nothing_but_its_name_is_kept_of_an_unknown_host(read: Reading) -> None:
    [refused] = read(body(url="https://jane%40mail.example:secret@Other.example:8080/")).refused
    assert (refused.reason, refused.host) == ("unknown_host", "other.example")


def test_without_the_salt_of_the_day_nothing_is_guessed(read: Reading) -> None:
    [refused] = read(PAGE, at=NOW + 72 * HOUR).refused
    assert refused.reason == "no_salt"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es-MX,es;q=0.9", "es"),
        ("zh-Hans-CN", "zh"),
        ("*", ""),
        ("", ""),
        ("EN", "en"),
        ("x" * 40, ""),
        ("<b>", ""),
    ],
)
def test_the_first_language(header: str, language: str) -> None:
    assert language_of(header) == language


def test_hundreds_of_nested_properties_are_kept_as_they_were_sent(read: Reading) -> None:
    props = {f"p{n}": {"of": [n, n / 2, "text", True, {"deep": [["é"]]}]} for n in range(250)}

    [fact] = read(body(type="event", event="configured", props=props)).facts

    assert fact.props == props


def test_who_sends_too_many_bytes_of_properties_hears_how_many(read: Reading) -> None:
    [refusal] = read(body(type="event", event="big", props={"a": "é" * 8_200})).refused

    assert (refusal.reason.value, refusal.detail) == ("bad_props", "These have 16,408 bytes.")
