"""Whoever consents has an id beside the day's pseudonym; whoever asks for privacy has none."""

import json

import pytest

from zoco.collector.live import answers
from zoco.collector.reasons import Reason
from zoco.collector.tests.live.conftest import NOW, Reading
from zoco.ledger.schema import encoder

WHO = "QmVlIGtlZXBlcnMgbGlrZQ"
URL = "https://shop.example/a"
PROOF = {"text": "May we know you again?", "version": "1", "language": "en"}
DAY_MICROS = 86_400_000_000


def body(**fact: object) -> str:
    return json.dumps({"url": URL, **fact})


def choice(said: str, **more: object) -> str:
    return body(type="consent", choice=said, who=WHO, purposes=["statistics"], proof=PROOF, **more)


def test_visit_goes_on_when_somebody_consents_in_its_middle(read: Reading) -> None:
    before, given, after = (read(each).facts[0] for each in (body(), choice("given"), body(who=WHO)))

    assert before.known == 0
    assert given.known == after.known != 0
    assert before.visitor == given.visitor == after.visitor


def test_id_is_the_same_on_the_next_day_and_the_pseudonym_is_not(read: Reading) -> None:
    today = read(body(who=WHO)).facts[0]

    tomorrow = read(body(who=WHO), at=NOW + DAY_MICROS).facts[0]

    assert tomorrow.known == today.known
    assert tomorrow.visitor != today.visitor


def test_ids_of_two_sites_tell_nothing_of_each_other(read: Reading) -> None:
    shop, news = (
        read(json.dumps({"url": f"https://{host}/", "who": WHO})).facts[0].known
        for host in ("shop.example", "www.news.example")
    )

    assert shop
    assert news
    assert shop != news


def test_id_of_the_cookie_itself_is_never_written(read: Reading) -> None:
    fact = read(choice("given")).facts[0]

    assert WHO not in encoder.encode(fact).decode()


@pytest.mark.parametrize("said", ["given", "withdrawn"])
def test_choice_is_a_fact_with_its_proof(read: Reading, said: str) -> None:
    fact = read(choice(said)).facts[0]

    assert fact.name == f"web.consent.{said}"
    assert fact.path == "/a"
    assert fact.props == {"purposes": ["statistics"], "proof": PROOF}


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "consent"},
        {"type": "consent", "choice": "maybe"},
        {"type": "view", "choice": "given"},
        {"type": "view", "who": "short"},
        {"type": "view", "who": "a" * 65},
        {"type": "consent", "choice": "given", "purposes": ["Statistics!"]},
        {"type": "consent", "choice": "given", "purposes": ["a"] * 21},
        {"type": "consent", "choice": "given", "props": {"a": 1}},
    ],
)
def test_wrong_choice_is_refused_and_told(read: Reading, wrong: dict[str, object]) -> None:
    found = read(body(**wrong))

    assert found.facts == []
    assert [each.reason for each in found.refused] == [Reason.BAD_CONSENT]


def test_proof_that_is_too_long_is_refused(read: Reading) -> None:
    found = read(body(type="consent", choice="given", proof={"text": "a" * 4_001}))

    assert [each.reason for each in found.refused] == [Reason.BAD_JSON]


def test_whoever_asks_for_privacy_has_neither_id_nor_evidence(read: Reading) -> None:
    plain = read(body(referrer="https://other.example/a")).facts[0]

    fact = read(body(who=WHO, referrer="https://other.example/a"), asks_privacy=True).facts[0]

    assert fact.known == 0
    assert (fact.user_agent, fact.client_hints, fact.referrer) == ("", "", "")
    assert (fact.visitor, fact.browser) == (plain.visitor, plain.browser)


def test_whoever_asks_for_privacy_cannot_consent_and_can_withdraw(read: Reading) -> None:
    given = read(choice("given"), asks_privacy=True)
    withdrawn = read(choice("withdrawn"), asks_privacy=True)

    assert given.facts == []
    assert [each.reason for each in given.refused] == [Reason.PRIVACY_SIGNAL]
    assert withdrawn.facts[0].known == 0
    assert answers.refused(given.refused, 0).status == 200


def test_site_may_not_count_whoever_asks_for_privacy(read: Reading) -> None:
    page = json.dumps({"url": "https://www.news.example/"})

    assert len(read(page).facts) == 1
    found = read(page, asks_privacy=True)

    assert found.facts == []
    assert [each.reason for each in found.refused] == [Reason.PRIVACY_SIGNAL]
