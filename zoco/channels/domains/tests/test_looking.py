"""Looks at sending domains, held against records that a real name server tells."""

import socket
from typing import Any

import pytest

from zoco.channels.domains.checks.policy import Policy
from zoco.channels.domains.findings import Check, finding_read, worst
from zoco.channels.domains.keys import key_made, public_of
from zoco.channels.domains.looking import domain_look
from zoco.channels.domains.models import DkimKey, SendingDomain
from zoco.channels.domains.resolving import Dns, NoSuchName, NotAnswered
from zoco.channels.domains.services import key_add
from zoco.channels.domains.tests.conftest import Serve
from zoco.channels.domains.tests.test_signing import current
from zoco.channels.domains.verdicts import domain_verdict
from zoco.channels.tests.conftest import NOON
from zoco.channels.tests.nameserver import text

pytestmark = [pytest.mark.django_db, pytest.mark.dns]

FROM, OWN = "news@shop.example", "ip4:192.0.2.7"


BASE = (
    "mx-host=shop.example,mail.shop.example,10",
    "host-record=mail.shop.example,192.0.2.7",
    text("shop.example", "v=spf1 ip4:192.0.2.7 -all"),
    text("_dmarc.shop.example", "v=DMARC1; p=reject; rua=mailto:dmarc@shop.example"),
)


def told(key: DkimKey, value: str = "") -> str:
    return text(f"{key.selector}._domainkey.shop.example", value or key.public)


def but(*lines: str, without: str) -> tuple[str, ...]:
    return (*(each for each in BASE if without not in each), *lines)


def looked(domain: SendingDomain, **more: Any) -> dict[str, tuple[str, str, str]]:
    """Return of each check its level, its worst sentence, and the record to set."""
    domain_look(domain=domain, at=more.pop("at", NOON), **more)
    found: dict[str, tuple[str, str, str]] = {}
    for check in Check:
        its = [finding_read(each) for each in domain.findings if each["check"] == check]
        if its:
            (bad, *_rest) = [each for each in its if each.level == worst(its)]
            found[check] = (bad.level, bad.said, bad.record.value if bad.record else "")
    return found


def test_domain_as_it_should_be_may_start(domain: SendingDomain, serve: Serve) -> None:
    key = current(domain, "rsa")
    serve(*BASE, told(key))

    found = looked(domain)

    assert {each: level for each, (level, _said, _record) in found.items()} == dict.fromkeys(
        ("mx", "spf", "dkim", "dmarc", "ptr"), "good"
    )
    verdict = domain_verdict(FROM, now=NOON)
    assert (verdict.may_start, verdict.problems, verdict.checked_at) == (True, (), NOON)
    assert not domain_verdict("news@other.example", now=NOON).may_start


@pytest.mark.parametrize(
    ("lines", "level", "said", "record"),
    [
        ((), "bad", "There is no SPF record", f"v=spf1 {OWN} ~all"),
        (("v=spf1 mx -all", "v=spf1 include:a.example ~all"), "bad", "There are 2 SPF records", None),
        (("v=spf1 ip4:192.0.2.8 ~all",), "bad", "does not let 192.0.2.7", f"v=spf1 {OWN} ip4:192.0.2.8 ~all"),
        (("v=spf1 a:mail.shop.example/30 mx ~all",), "good", "ask 2 times of 10", ""),
        (("v=spf1 include:in.example ~all",), "good", "ask 2 times", ""),
        (("v=spf1 redirect=in.example",), "good", "ask 1 times", ""),
        (("v=spf1 " + "mx " * 11 + "-all",), "bad", "more than 10 times", ""),
        (("v=spf1 a:x1.example a:x2.example a:x3.example mx -all",), "bad", "more than 10 times", ""),
        (("v=spf1 include:nothing.example ip4:192.0.2.7 -all",), "bad", "see nothing.example", ""),
        (("v=spf1 ip4:192.0.2.700 -all",), "bad", "see ip4:192.0.2.700", ""),
        (("v=spf1 mx +all",), "warning", "everybody", "v=spf1 mx ~all"),
        (("v=spf1 mx",), "warning", "end it with ~all", "v=spf1 mx ~all"),
    ],
)  # fmt: skip
def test_spf(
    domain: SendingDomain, serve: Serve, lines: tuple[str, ...], level: str, said: str, record: str | None
) -> None:
    serve(
        *but(*(text("shop.example", each) for each in lines), without="v=spf1"),
        text("in.example", "v=spf1 mx:shop.example -all"),
    )

    found = looked(domain)["spf"]

    assert (found[0], said in found[1]) == (level, True), found
    assert record is None or found[2] == record


@pytest.mark.parametrize(
    ("value", "level", "said"),
    [
        ("", "good", "as it is"),
        ("v=DKIM1; k=rsa; p=", "bad", "withdrawn"),
        (public_of(key_made("rsa")).record, "bad", "another key"),
        ("nothing", "bad", "does not have the key"),
    ],
)
def test_dkim(domain: SendingDomain, serve: Serve, value: str, level: str, said: str) -> None:
    key = current(domain, "rsa")
    serve(*BASE, told(key, value))

    found = looked(domain)["dkim"]

    assert (found[0], said in found[1]) == (level, True), found
    assert domain_verdict(FROM, now=NOON).may_start == (level == "good")
    assert found[2] in {"", key.public}


def test_new_key_signs_once_dns_has_it(domain: SendingDomain, serve: Serve) -> None:
    old, new = current(domain, "rsa"), key_add(domain=domain, kind="rsa", at=NOON)
    serve(*BASE, told(old))
    assert looked(domain)["dkim"][0] == "warning"
    assert domain_verdict(FROM, now=NOON).may_start

    serve(*BASE, told(old), told(new))
    looked(domain)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("old", "current")


def test_keys_of_a_provider_and_none_at_all(domain: SendingDomain, serve: Serve) -> None:
    serve(*BASE, text("s1._domainkey.shop.example", public_of(key_made("rsa")).record))
    assert "Nobody signs" in looked(domain)["dkim"][1]

    domain.selectors = "s1"
    domain.save()
    assert looked(domain)["dkim"][:2] == ("good", "DNS has the key s1 of your provider.")
    domain.selectors = "s1 s2"
    domain.save()
    assert looked(domain)["dkim"][0] == "bad"
    domain.selectors = ""
    domain.save()
    ed25519 = current(domain)
    serve(*BASE, told(ed25519))
    assert "Google and Microsoft verify RSA alone" in looked(domain)["dkim"][1]


@pytest.mark.parametrize(
    ("lines", "level", "said"),
    [
        ((), "bad", "There is no DMARC record"),
        (("v=DMARC1; p=none; rua=mailto:a@shop.example",), "good", "policy none"),
        (("v=DMARC1; p=none",), "warning", "nowhere to send reports"),
        (("v=DMARC1; p=sometimes",), "bad", "no policy"),
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), "bad", "There are 2"),
        (("v=DMARC1;p=none;rua=mailto:a@other.example",), "warning", "other.example does not say"),
        (("v=DMARC1;p=none;rua=mailto:a@kind.example!10m",), "good", "policy none"),
    ],
)
def test_dmarc(domain: SendingDomain, serve: Serve, lines: tuple[str, ...], level: str, said: str) -> None:
    takes = text("shop.example._report._dmarc.kind.example", "v=DMARC1")
    serve(*but(*(text("_dmarc.shop.example", each) for each in lines), without="_dmarc"), takes)

    found = looked(domain)["dmarc"]

    assert (found[0], said in found[1]) == (level, True), found


def test_policy_and_key_of_the_registered_domain_hold_for_those_inside(
    domain: SendingDomain, serve: Serve
) -> None:
    key = current(domain, "rsa")
    inside = SendingDomain.objects.create(name="a.news.shop.example")
    policy = "v=DMARC1; p=reject; sp=none; rua=mailto:a@shop.example"
    serve(*but(text("_dmarc.shop.example", policy), without="_dmarc"), told(key))

    found = looked(inside)
    assert (found["dmarc"][0], "policy none" in found["dmarc"][1]) == ("good", True)
    assert found["dkim"][0] == "good"

    serve(*but(text("_dmarc.shop.example", f"{policy}; adkim=s"), without="_dmarc"), told(key))
    found = looked(inside)
    assert (found["dmarc"][0], "shop.example does" in found["dmarc"][1]) == ("bad", True)


@pytest.mark.parametrize(
    ("line", "level", "said"),
    [
        ("", "good", "is called mail.shop.example"),
        ("ptr-record=7.2.0.192.in-addr.arpa,liar.example", "bad", "does not lead back"),
        ("ptr-record=7.2.0.192.in-addr.arpa,web.shop.example", "warning", "not mail.shop.example"),
        ("none", "bad", "has no name"),
    ],
)
def test_names_of_servers(domain: SendingDomain, serve: Serve, line: str, level: str, said: str) -> None:
    web = "address=/web.shop.example/192.0.2.7"
    if line:  # host-record tells the name of an address too
        serve(
            *but("address=/mail.shop.example/192.0.2.7", without="host-record"),
            web,
            *[line][: line != "none"],
        )
    else:
        serve(*BASE, web)

    found = looked(domain)["ptr"]

    assert (found[0], said in found[1]) == (level, True), found


@pytest.mark.parametrize(
    ("line", "level", "said"),
    [
        ("mx-host=shop.example,.,0", "bad", "takes no mail"),
        ("mx-host=shop.example,away.example,10", "bad", "has no address"),
        ("", "bad", "names no server"),
        ("host-record=shop.example,192.0.2.9", "warning", "names no server"),
    ],
)
def test_answers_come_back_or_not(
    domain: SendingDomain, serve: Serve, line: str, level: str, said: str
) -> None:
    serve(*but(*[line][: bool(line)], without="mx-host"))

    found = looked(domain)["mx"]

    assert (found[0], said in found[1]) == (level, True), found


def test_silence_failure_and_absence_are_told_apart(serve: Serve) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        serve(*BASE, f"server=/slow.test/127.0.0.1#{silent.getsockname()[1]}")
        dns = Dns(0.5)

        with pytest.raises(NoSuchName):
            dns.texts("nothing.example")
        assert dns.exchangers("mail.shop.example") == []
        with pytest.raises(NotAnswered, match="REFUSED"):
            dns.texts("elsewhere.test")
        with pytest.raises(NoSuchName):
            dns.texts(f"{'a' * 64}.example")
        with pytest.raises(NotAnswered, match=r"in time for slow\.test"):
            dns.texts("slow.test")
        with pytest.raises(NotAnswered, match="in time"):
            dns.texts("more.example")  # no time is left


def test_policy_stops_where_records_go_in_circles(serve: Serve) -> None:
    serve(
        text("a.example", "v=spf1 include:b.example -all"), text("b.example", "v=spf1 include:a.example -all")
    )
    policy = Policy(Dns())

    with pytest.raises(ValueError, match=r"b\.example"):
        policy.result("a.example", "v=spf1 include:b.example -all", Dns().addresses("192.0.2.1")[0])
