"""Links of a letter after its reader was erased, merged or parted; changed, foreign and old ones."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Message
from zoco.channels.tests.mailbox import Mailbox
from zoco.consent.models import Choice, Standing
from zoco.consent.public.tokens import HOLDS_DAYS, PREFERENCES_HOLD_DAYS, Links
from zoco.consent.suppressing import suppressed
from zoco.ledger.erasing import facts_erase
from zoco.ledger.store import opening
from zoco.mail.counting import links, looks
from zoco.mail.counting.conf import LINK_DAYS
from zoco.mail.counting.models import Look
from zoco.mail.counting.settling import PATIENCE, looks_settle
from zoco.mail.counting.tokens import token_made
from zoco.mail.editing.models import Edition
from zoco.mail.sending import public
from zoco.mail.sending.models import Sending
from zoco.mail.sending.tests.conftest import go, start
from zoco.people.identities import identity_read
from zoco.people.merging import merge_undo, people_merge
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
FOOTER = {
    "company": "Honey SL", "address": "1 Road", "unsubscribe": "Leave", "preferences": "Choose",
    "online": "See",
}  # fmt: skip
READER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
WAYS = {
    "leave": r"/unsubscribe/[^\"]+", "choose": r"/preferences/[^\"]+", "online": r"/m/[^\"]+/online",
    "click": r"/m/[^\"]+/en/1", "image": r"/m/[^\"]+\.gif",
}  # fmt: skip
Ways = dict[str, str]


@pytest.fixture(autouse=True)
def forgotten() -> None:
    public._letter.cache_clear()
    links.leads_to.cache_clear()
    looks._counted.clear()
    cache.clear()


@pytest.fixture
def ways(sending: Sending, server: Mailbox, people: list[Person]) -> list[Ways]:
    """Return the links that each got of a letter in English that all of them read."""
    for each, name in zip(people, ("Zenobia", "Bea", "Carl"), strict=True):
        Person.objects.filter(pk=each.pk).update(given_name=name, language="en")
    for edition in Edition.objects.all():
        edition.blocks = [*edition.blocks[:1], {"type": "footer", "value": FOOTER}]
        edition.save()
    Sending.objects.filter(pk=sending.pk).update(is_public=True)
    sending.refresh_from_db()
    go(start(sending))
    found = []
    for name in ("ana", "bea", "carl"):
        at = [to for _sender, to in server.envelopes].index(f"{name}@shop.example")
        html = server.letters[at].get_body(("html",)).get_content()  # type: ignore[union-attr]
        found.append(
            {key: re.findall(f'(?:href|src)="http://[^/"]+({way})"', html)[0] for key, way in WAYS.items()}
        )
    return found


def standing(person: Person) -> dict[str, str]:
    return dict(Standing.objects.filter(person=person).values_list("topic", "state"))


def erased(*people: Person) -> None:
    facts_erase(store=opening.store(), persons=[each.number for each in people], at=timezone.now())


@pytest.mark.parametrize("has_left", [True, False])
def test_links_of_whoever_was_erased_show_and_change_nothing(
    ways: list[Ways], people: list[Person], client: Client, has_left: bool
) -> None:
    mine, place = ways[0], identity_read("email", "ana@shop.example").place
    if has_left:
        client.post(mine["leave"])
    erased(people[0])
    stays = {place: {"unsubscribed"}}
    assert suppressed([place]) == stays
    choices = Choice.objects.count()

    shown = {key: client.get(way, headers=READER) for key, way in mine.items()}
    done = [
        client.post(mine["leave"]),
        client.post(mine["leave"], {"List-Unsubscribe": "One-Click"}),
        client.post(mine["choose"], {"act": "save", "topic": "news", "language": "es"}),
        client.post(mine["choose"], {"act": "nothing"}),
        client.post(mine["choose"], {"act": "pause-30"}),
    ]

    codes = {key: answer.status_code for key, answer in shown.items()}
    assert codes == {"leave": 200, "choose": 200, "online": 404, "click": 302, "image": 200}
    assert shown["click"]["Location"].startswith("https://shop.example/honey")
    assert "zt=" not in shown["click"]["Location"]
    assert {each.status_code for each in done} == {200}
    for answer in (*shown.values(), *done):
        said = answer.content.decode("latin-1")
        assert ("Zenobia" in said, "ana" in said.casefold().split(), "@" in said) == (False, False, False)
    assert suppressed([place]) == stays
    assert (Choice.objects.count(), Person.objects.filter(pk=people[0].pk).count()) == (choices, 0)
    looks_settle(now=timezone.now() + PATIENCE * 2)
    assert Look.objects.count() == 0
    assert "Zenobia" not in client.get(f"/m/archive/{Sending.objects.get().uid}/").content.decode()


def test_links_of_whoever_was_merged_are_the_survivors_and_his_own_again_after_that_is_undone(
    ways: list[Ways], people: list[Person], client: Client
) -> None:
    ana, _bea, carl = people
    merge = people_merge(person=ana, into=carl, why="", at=timezone.now())

    assert "Hello Carl" in client.get(ways[0]["online"]).content.decode()
    assert client.get(ways[0]["choose"]).content.count(b"@shop.example") == 2
    merge_undo(merge=merge, at=timezone.now())

    assert "Hello Zenobia" in client.get(ways[0]["online"]).content.decode()
    assert client.get(ways[0]["choose"]).content.count(b"@shop.example") == 1
    assert client.post(ways[0]["leave"]).status_code == 200
    assert standing(ana) == {"": "given", "news": "withdrawn"}
    assert standing(carl) == {"": "given"}


@pytest.mark.parametrize("whose", [0, 2])
def test_what_is_left_while_two_are_one_is_left_by_both_when_they_are_parted(
    ways: list[Ways], people: list[Person], client: Client, whose: int
) -> None:
    ana, bea, carl = people
    merge = people_merge(person=ana, into=carl, why="", at=timezone.now())

    client.post(ways[whose]["leave"])

    assert standing(carl) == {"": "given", "news": "withdrawn"}
    merge_undo(merge=merge, at=timezone.now())
    assert standing(ana) == standing(carl) == {"": "given", "news": "withdrawn"}
    assert standing(bea) == {"": "given"}
    (told,) = Choice.objects.filter(person=ana, state="withdrawn")
    assert told.proof == Choice.objects.get(person=carl, state="withdrawn").proof


def test_what_was_left_and_come_back_to_while_two_are_one_is_left_by_neither(
    ways: list[Ways], people: list[Person], client: Client
) -> None:
    ana, _bea, carl = people
    merge = people_merge(person=ana, into=carl, why="", at=timezone.now())

    client.post(ways[0]["leave"])
    client.post(ways[0]["choose"], {"act": "save", "topic": "news"})

    assert Choice.objects.filter(person=carl, state="given", topic="news", adapter="email").count() == 1
    merge_undo(merge=merge, at=timezone.now())
    assert standing(ana) == {"": "given"}


def changed(path: str) -> list[str]:
    """Return an address with each sign of its token changed, cut, or in the other case."""
    before, token = re.fullmatch(r"(/(?:unsubscribe|preferences|m)/)(.+)", path).groups()  # type: ignore[union-attr]
    token, slash, after = token.partition("/")
    if token.endswith(".gif"):
        token, slash, after = token[:-4], ".gif", ""
    others = [token[:n] + ("A" if sign != "A" else "B") + token[n + 1 :] for n, sign in enumerate(token)]
    others += [token[:-1], token[1:], token + "A", token.swapcase(), token.lower(), token.upper()]
    return [f"{before}{each}{slash}{after}" for each in others if each != token]


def test_links_with_one_sign_changed_cut_or_in_another_case_are_none(
    ways: list[Ways], people: list[Person], client: Client
) -> None:
    for path in ways[0].values():
        for each in changed(path):
            assert client.get(each, headers=READER).status_code == 404, each
        if path.startswith(("/unsubscribe/", "/preferences/")):
            for each in changed(path):
                assert client.post(each, {"act": "nothing"}).status_code == 404, each

    assert not Choice.objects.filter(state="withdrawn").exists()
    assert not Look.objects.exists()


def test_links_of_another_installation_are_none(
    ways: list[Ways], client: Client, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECRET_KEY = "of another installation"
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "another"))

    codes = {client.get(each, headers=READER).status_code for each in ways[0].values()}
    codes |= {client.post(ways[0][each]).status_code for each in ("leave", "choose")}

    assert codes == {404}
    assert not Choice.objects.filter(state="withdrawn").exists()


def test_a_link_of_one_kind_is_none_of_another(ways: list[Ways], client: Client) -> None:
    leave, choose = (ways[0][each].rpartition("/")[2] for each in ("leave", "choose"))
    online, counted = ways[0]["online"].split("/")[2], ways[0]["click"].split("/")[2]

    for each in (
        f"/unsubscribe/{choose}", f"/preferences/{leave}", f"/confirm/{leave}", f"/confirm/{choose}",
        f"/m/{counted}/online", f"/m/{online}/en/1", f"/m/{online}.gif", f"/unsubscribe/{online}",
    ):  # fmt: skip
        assert client.get(each, headers=READER).status_code == 404, each


def test_links_end_when_their_time_is_over(ways: list[Ways], people: list[Person], client: Client) -> None:
    now, ana = timezone.now(), people[0]
    old = Links(on=now.date() - timedelta(days=HOLDS_DAYS + 1), base="/")
    late = Links(on=now.date() - timedelta(days=PREFERENCES_HOLD_DAYS + 1), base="/")
    message = Message.objects.get(person=ana.pk)
    assert isinstance(message.uid, UUID)
    meant: dict[str, Any] = {"message": message.uid, "batch": message.batch_id}
    over = now - timedelta(days=LINK_DAYS() + 1)
    online, counted = token_made(**meant, at=over, use="online"), token_made(**meant, at=over)

    assert client.post(old.unsubscribe(person=ana, topic="news")).status_code == 404
    shown = client.post(late.preferences(person=ana), {"act": "nothing"})
    assert (shown.status_code, "@" in shown.content.decode()) == (410, False)
    codes = [client.get(f"/m/{each}").status_code for each in (f"{online}/online", f"{counted}/en/1")]
    assert codes == [410, 410]
    assert not Choice.objects.filter(state="withdrawn").exists()
    assert client.post(late.unsubscribe(person=ana, topic="news")).status_code == 200
    assert standing(ana)["news"] == "withdrawn"
