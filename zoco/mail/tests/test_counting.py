"""Openings and clicks: tokens, links that lead on, who it was, and what is counted."""

import quopri
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Account, Message, Told
from zoco.kit.signing import Signed, opened
from zoco.ledger.models import OutboxRow
from zoco.mail.counting import links, looks
from zoco.mail.counting.figures import letter_figures
from zoco.mail.counting.links import LinksChanged, rewriter
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.scope import Scope
from zoco.mail.counting.settling import PATIENCE, looks_forget, looks_settle
from zoco.mail.counting.tokens import token_made
from zoco.mail.letters.compiling import compiled
from zoco.mail.tests.test_letters import letter, person, text
from zoco.sites import salts
from zoco.testing.factories import site_make

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
READER = {"user-agent": FIREFOX, "accept-language": "es"}
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


@pytest.fixture(autouse=True)
def forgotten() -> None:
    links.leads_to.cache_clear()
    looks._counted.clear()
    cache.clear()


def sent(batch: int = 7, **over: Any) -> Message:
    at = timezone.now() - timedelta(hours=1)
    fields = {"adapter": "email", "state": Message.State.SENT, "created_at": at, "done_at": at, **over}
    return Message.objects.create(uid=uuid4(), key=uuid4().hex, campaign="spring", **fields)


def token(message: Message, **over: Any) -> str:
    return token_made(**{"message": message.uid, "batch": 7, "at": timezone.now(), **over})


def lead(*addresses: str) -> None:
    links.links_keep(batch=7, language="es", leads=dict(enumerate(addresses, 1)))


@pytest.mark.django_db
def test_links_of_a_letter_lead_through_us_and_are_kept_once() -> None:
    words = (
        '<p><a href="https://shop.example/honey?a=1&amp;b=2#top">Honey</a>'
        '<a href="https://other.example/">Other</a><a href="mailto:a@shop.example">Mail</a>'
        '<a href="https://shop.example/u?c={{ person.code }}">Yours</a></p>'
    )
    made = [
        rewriter(
            batch=7, language="es", home="https://z.example/", tags={"source": "news", "campaign": "spring"},
            hostnames=("shop.example",),
        )
        for _process in range(2)
    ]  # fmt: skip

    ready, _same = [compiled(letter(text(words)), link=each, foot=each.foot) for each in made]
    for each in made:
        each.keep()

    assert list(LetterLink.objects.order_by("number").values_list("number", "address")) == [
        (1, "https://shop.example/honey?a=1&b=2&utm_source=news&utm_campaign=spring#top"),
        (2, "https://other.example/"),
    ]
    plain, html = (
        quopri.decodestring(b"".join(part)).decode()
        for part in ready.filled(
            {"links": {"token": "TOKEN", "unsubscribe": "https://z.example/u"}, "person": {"code": "9"}}
        )[1:]
    )
    assert 'href="https://z.example/m/TOKEN/es/1"' in html
    assert 'href="https://z.example/m/TOKEN/es/0"' in html
    assert 'src="https://z.example/m/TOKEN.gif"' in html
    assert 'href="https://shop.example/u?c=9"' in html
    assert 'href="https://z.example/u"' in html
    assert "https://z.example/m/TOKEN/es/2" in plain
    assert not {".gif", "/es/0"} & set(re.findall(r"\.gif|/es/0", plain + ready.page))
    made[1].leads[2] = "https://else.example/"
    with pytest.raises(LinksChanged):
        made[1].keep()


@pytest.mark.django_db
def test_who_counts_neither_has_a_letter_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_MAIL_COUNT_OPENS", "0")
    monkeypatch.setenv("ZOCO_MAIL_COUNT_CLICKS", "0")
    made = rewriter(batch=7, language="es", home="https://z.example")

    assert made("https://shop.example/", 0) == "https://shop.example/"
    assert made.foot() == ""


@pytest.mark.django_db
def test_link_leads_exactly_on_and_only_where_our_table_says(client: Client) -> None:
    target = "https://other.example/a%20b?x=1&y=%C3%B1&url=https://evil.example#part"
    lead(target)
    mine = token(sent())

    answer = client.get(f"/m/{mine}/es/1?url=https://evil.example", headers=READER)

    assert (answer.status_code, answer["Location"]) == (302, target)
    assert "no-store" in answer["Cache-Control"]
    assert client.head(f"/m/{mine}/es/1")["Location"] == target
    assert client.post(f"/m/{mine}/es/1").status_code == 405
    ahead = client.get(f"/m/{mine}/es/1", headers={**READER, "sec-purpose": "prefetch;prerender"})
    assert ahead["Location"] == target
    kept = Look.objects.order_by("pk").values_list("kind", "number", "signs")
    assert list(kept) == [("click", 1, ""), ("click", 1, "head\nprogram: no user agent\nno language")]


@pytest.mark.django_db
def test_forged_cut_and_old_tokens_lead_nowhere(client: Client) -> None:
    lead("https://other.example/")
    message = sent()
    mine = token(message)
    forged = ("A" if mine[0] != "A" else "B") + mine[1:]

    for path in (
        f"{forged}/es/1",
        f"{mine[:-1]}/es/1",
        f"{mine}/es/2",
        f"{mine}/ru/1",
        f"{mine}/es/{10**30}",
    ):
        answer = client.get(f"/m/{path}", headers=READER)
        assert answer.status_code == 404, path
        assert b'href="/"' in answer.content
    old = token(message, at=timezone.now() - timedelta(days=732))
    assert client.get(f"/m/{old}/es/1").status_code == 410
    assert client.get(f"/m/{forged}.gif").status_code == 404
    assert client.get(f"/m/{'ñ' * 40}.gif").status_code == 404
    assert client.get(f"/m/{old}.gif").status_code == 200
    assert not Look.objects.exists()


@pytest.mark.django_db
def test_link_leads_on_while_the_database_rests(client: Client) -> None:
    lead("https://other.example/")
    mine = token(sent())
    client.get(f"/m/{mine}/es/1", headers=READER)

    def rests(*_given: Any) -> None:
        raise OperationalError("The database rests.")

    with connection.execute_wrapper(rests):
        known = client.get(f"/m/{mine}/es/1", headers=READER)
        image = client.get(f"/m/{mine}.gif", headers=READER)
        unknown = client.get(f"/m/{mine}/es/2", headers=READER)

    assert (known.status_code, known["Location"]) == (302, "https://other.example/")
    assert (image.status_code, unknown.status_code) == (200, 503)
    assert Look.objects.count() == 1


@pytest.mark.django_db
def test_one_message_fills_nothing_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "LOOKS_MOST", 3)
    lead("https://other.example/")
    mine = token(sent())

    codes = Counter(client.get(f"/m/{mine}/es/1", headers=READER).status_code for _ in range(5))

    assert codes == {302: 5}
    assert Look.objects.count() == 3


@pytest.mark.django_db
def test_own_site_learns_who_comes_and_others_do_not(client: Client) -> None:
    site = site_make()
    lead("https://shop.example/a?b=1#c", "https://other.example/a")
    ana = person("Ana", "ana@shop.example")
    mine = token(sent(person=ana))

    own = urlsplit(client.get(f"/m/{mine}/es/1", headers=READER)["Location"])

    assert (own.path, own.fragment, own.query.partition("&zt=")[0]) == ("/a", "c", "b=1")
    proof = opened(
        own.query.partition("&zt=")[2],
        key=bytes.fromhex(salts.person_key(site.key_name)),
        now=int(timezone.now().timestamp()),
        uses=("click",),
    )
    assert proof == Signed("click", ana.number)
    assert client.get(f"/m/{mine}/es/2", headers=READER)["Location"] == "https://other.example/a"
    assert "zt=" not in client.get(f"/m/{mine}/es/1", headers={"user-agent": "curl/8.5"})["Location"]


@pytest.mark.django_db
def test_hidden_link_takes_back_what_was_seen_before_and_each_look_is_told_once(client: Client) -> None:
    lead("https://other.example/a", "https://other.example/b")
    ana = person("Ana", "ana@shop.example")
    scanned, read, hidden = sent(person=ana), sent(person=ana), sent()
    client.get(f"/m/{token(scanned)}/es/1", headers=READER)
    assert client.get(f"/m/{token(scanned)}/es/0", headers=READER).status_code == 404
    client.get(f"/m/{token(read)}.gif", headers={"user-agent": GMAIL})
    client.get(f"/m/{token(read)}/es/2", headers=READER)
    client.get(f"/m/{token(hidden)}.gif", headers={"user-agent": "Mozilla/5.0"})
    now = timezone.now()
    assert looks_settle(now=now) == 0

    assert [looks_settle(now=now + PATIENCE) for _ in range(2)] == [5, 0]

    facts = OutboxRow.objects.filter(name__startswith="mail.").order_by("pk")
    told = [(each.name, each.person, '"verdict":"bot"' not in each.fact) for each in facts]
    assert told == [
        ("mail.link.clicked", ana.number, False),
        ("mail.letter.opened", ana.number, True),
        ("mail.link.clicked", ana.number, True),
        ("mail.letter.opened", 0, False),
    ]
    reasons = list(Look.objects.order_by("pk").values_list("verdict", "reason"))
    assert reasons[0] == ("scanner", "hidden link followed")
    assert reasons[4] == ("privacy", "privacy: Apple")
    assert "127.0.0.1" not in "".join(each.fact for each in facts)
    scanned.delete()
    assert Look.objects.count() == 3
    assert looks_forget(now=now + timedelta(days=400), days=399) == 3


@pytest.mark.django_db
def test_figures_count_people_apart_from_machines() -> None:
    lead("https://other.example/a", "https://other.example/b")
    account = Account.objects.create(adapter="email", name="mail")
    messages = [sent(account=account) for _ in range(10)]
    sent(state=Message.State.FAILED)
    Told.objects.create(account=account, event="1", told="bounced", message=messages[9], at=NOON)
    Told.objects.create(account=account, event="2", told="complained", message=messages[0], at=NOON)
    seen = [
        (0, "open", 0, "person"), (0, "open", 0, "person"), (0, "click", 1, "person"), (0, "click", 1, "person"),
        (1, "click", 2, "person"), (2, "open", 0, "privacy"), (3, "open", 0, "scanner"), (3, "click", 1, "scanner"),
        (4, "open", 0, "privacy"), (4, "open", 0, "person"), (5, "open", 0, ""), (6, "trap", 0, "scanner"),
    ]  # fmt: skip
    for n, kind, number, verdict in seen:
        Look.objects.create(
            message=messages[n], batch=7, kind=kind, language="es", number=number, verdict=verdict, at=NOON
        )

    figures = letter_figures(Scope((7,), Message.objects.all()))

    assert (figures.sent, figures.delivered.count, figures.unsettled) == (10, 9, 1)
    assert (figures.opened.count, figures.opened_by_machines_only) == (3, 2)
    assert (figures.clicked.count, figures.clicked_by_machines_only) == (2, 1)
    assert (figures.complained.count, figures.unsubscribed.count) == (1, 0)
    assert [(each.number, each.people, each.clicks) for each in figures.links] == [(1, 1, 2), (2, 1, 1)]
    assert figures.clicked.low == pytest.approx(0.0632, abs=1e-4)
    assert figures.clicked.high == pytest.approx(0.5474, abs=1e-4)
