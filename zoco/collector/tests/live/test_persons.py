"""Whoever consented is joined to the person that a signed token names; nobody else is."""

import json
from pathlib import Path

import pytest

from zoco.collector.live import answers
from zoco.collector.live.reader import Reader
from zoco.collector.live.taking import Taking
from zoco.collector.reasons import Reason
from zoco.collector.tests.live.conftest import NOW, Reading
from zoco.kit.signing import Use, sign
from zoco.ledger.schema import encoder

WHO = "QmVlIGtlZXBlcnMgbGlrZQ"
URL = "https://shop.example/a"
SHOP, NEWS = bytes.fromhex("12" * 32), bytes.fromhex("34" * 32)
SECONDS = NOW // 1_000_000


def token(use: Use = "login", person: int = 42, lasts: int = 600, key: bytes = SHOP) -> str:
    return sign(use=use, person=person, expires=SECONDS + lasts, key=key)


def body(**fact: object) -> str:
    return json.dumps({"url": URL, **fact})


@pytest.mark.parametrize("use", ["login", "form", "click"])
def test_token_of_the_site_joins_whoever_consented(read: Reading, use: Use) -> None:
    [fact] = read(body(type="person", who=WHO, person=token(use))).facts

    assert (fact.name, fact.person, fact.props) == ("people.visitor.joined", 42, {"by": use})
    assert fact.known == read(body(who=WHO)).facts[0].known
    assert token(use).rpartition(".")[2] not in encoder.encode(fact).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        "42",
        "login.42.1799999999." + "0" * 64,
        token(lasts=0),
        token(lasts=90_000),
        token(key=NEWS),
        "x" * 200,
    ],
)
def test_person_that_nobody_signed_is_refused_and_told(read: Reading, wrong: str) -> None:
    found = read(body(type="person", who=WHO, person=wrong))

    assert found.facts == []
    assert [each.reason for each in found.refused] == [Reason.BAD_PERSON]
    assert answers.refused(found.refused, 0).status == 400


@pytest.mark.parametrize("more", [{}, {"type": "view"}, {"type": "event", "event": "login"}])
def test_person_is_a_fact_of_its_own(read: Reading, more: dict[str, object]) -> None:
    given = {"who": WHO, "person": token()} | more if more else {"type": "person", "who": WHO}

    assert [each.reason for each in read(body(**given)).refused] == [Reason.BAD_PERSON]


def test_without_consent_nobody_is_joined(read: Reading) -> None:
    told = read(body(type="person", person=token()))
    clicked = read(json.dumps({"url": f"{URL}?zt={token('click')}"}))

    assert [each.reason for each in told.refused] == [Reason.NO_CONSENT]
    assert (clicked.facts[0].person, clicked.facts[0].known) == (0, 0)


def test_whoever_asks_for_privacy_is_not_joined(read: Reading) -> None:
    told = read(body(type="person", who=WHO, person=token()), asks_privacy=True)
    clicked = read(json.dumps({"url": f"{URL}?zt={token('click')}", "who": WHO}), asks_privacy=True)

    assert [each.reason for each in told.refused] == [Reason.PRIVACY_SIGNAL]
    assert (clicked.facts[0].person, clicked.facts[0].known) == (0, 0)


def test_link_with_a_token_joins_and_leaves_no_token(read: Reading) -> None:
    link = f"{URL}?utm_source=letter&zt={token('click')}"

    came = read(json.dumps({"url": link, "who": WHO})).facts[0]
    went = read(json.dumps({"url": f"{URL}/b", "referrer": link, "who": WHO})).facts[0]

    assert (came.person, came.path, came.source) == (42, "/a", "letter")
    assert went.person == 0
    assert "click.42" not in encoder.encode(came).decode() + encoder.encode(went).decode()


def test_link_whose_token_does_not_hold_is_a_page_view_and_counted(read: Reading, sites: Path) -> None:
    taking = Taking(sites)
    taking.reader = Reader(taking.here, lambda: NOW)
    sent = json.dumps({"url": f"{URL}?zt={token('login')}", "who": WHO}).encode()

    request = taking.read(sent, "81.0.32.7", {"user-agent": "Mozilla/5.0"})
    fact = read(sent).facts[0]

    assert (fact.name, fact.person) == ("web.page.viewed", 0)
    assert not isinstance(request, answers.Answer)
    assert [each.reason for each in request.noted] == [Reason.BAD_PERSON]
    assert taking.taken(request).status == 204
    assert taking.tallies.refused_all == {"bad_person": 1}
