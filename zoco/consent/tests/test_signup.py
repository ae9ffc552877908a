"""Forms to sign up: what a filling does, what is refused and counted, and what it never tells or changes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zoco.consent.confirming.models import Confirmation
from zoco.consent.confirming.services import token_of
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.public.leaving import choice_withdraw
from zoco.consent.public.tokens import PREFERENCES_HOLD_DAYS
from zoco.consent.signup import counting, views
from zoco.consent.signup.challenges import SLOW_SECONDS, challenge_make, is_worked
from zoco.consent.signup.models import Form, FormDay
from zoco.consent.suppressing import suppress, suppressed
from zoco.kit.ids import known_number
from zoco.ledger.models import OutboxRow
from zoco.people.identities import identity_read
from zoco.people.models import Attribute, Person
from zoco.people.writing import Incoming, people_write
from zoco.sites import salts
from zoco.sites.models import Hostname, Site
from zoco.sites.reads import forget

AT = datetime(2026, 5, 17, 12, tzinfo=UTC)
ANA = identity_read("email", "ana@shop.example")
SHOP, OTHER = "https://www.shop.example", "https://other.example"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def paced() -> Iterator[None]:
    views.pace.clear()
    counting.held.clear()
    yield
    views.pace.clear()
    counting.held.clear()


@pytest.fixture
def form() -> Form:
    site = Site.objects.create(slug="shop", name="Shop")
    Hostname.objects.create(site=site, name="shop.example")
    forget()
    Attribute.objects.create(key="size", label="Size", kind="number")
    made = Form.objects.create(
        key="news", name="Footer", site=site, is_confirmed=False, fields={"name": True, "own_size": False},
        texts={"es": {"consent": "Acepto."}}, onward="https://shop.example/thanks",
    )  # fmt: skip
    made.topics.add(Topic.objects.create(key="news", label="News", is_confirmed=False))
    return made


def worked(form: Form, days_ago: int = 0) -> dict[str, str]:
    challenge = challenge_make(form.key, at=timezone.now() - timedelta(days=days_ago))
    work = next(str(each) for each in range(10_000_000) if is_worked(challenge, str(each)))
    return {"challenge": challenge, "work": work}


def sent(form: Form, given: dict[str, Any], origin: str = SHOP, accept: str = "application/json") -> Any:
    plain = {"email": "ana@shop.example", "name": "Ana", "language": "es", "page": f"{SHOP}/a?b=c"}
    headers = {"origin": origin, "accept": accept}
    return Client(enforce_csrf_checks=True).post(f"/f/{form.key}", {**plain, **given}, headers=headers)


def counted(form: Form) -> dict[str, int]:
    return dict(FormDay.objects.filter(form=form).values_list("outcome", "count"))


def test_a_filling_makes_the_person_consents_with_proof_and_tells_it_once(form: Form) -> None:
    who = "a" * 22
    given = {**worked(form), "visitor": who, "own_size": "38"}

    first, second = sent(form, given), sent(form, given)

    assert first.json() == {"state": "taken", "words": first.json()["words"], "onward": form.onward}
    assert first.headers["Access-Control-Allow-Origin"] == SHOP
    assert second.json()["is_stale"]
    person = Person.objects.get()
    assert (person.name, person.language, person.attributes) == ("Ana", "es", {"size": 38.0})
    choice = Choice.objects.get()
    wanted = {"form": "news", "text": "Acepto.", "language": "es", "page": f"{SHOP}/a", "way": "script"}
    assert (choice.state, choice.adapter, choice.proof) == ("given", "email", {**wanted, "topics": "News"})
    told = OutboxRow.objects.get(name="consent.form.filled")
    fact = json.loads(told.fact)
    assert (told.person, fact["site"], fact["subject"]) == (person.number, form.site_id, "news")
    joined = OutboxRow.objects.exclude(name__startswith="consent.").get()
    key = bytes.fromhex(salts.visitor_key(form.site.key_name))
    assert (json.loads(joined.fact)["known"], joined.person) == (known_number(who, key), person.number)
    assert counted(form) == {"taken": 1, "no_proof": 1}


def test_a_name_of_several_lines_is_taken_as_one(form: Form) -> None:
    assert sent(form, {**worked(form), "name": "Ana\r\nBcc: eve@evil.example"}).json()["state"] == "taken"

    assert Person.objects.get().name == "Ana Bcc: eve@evil.example"


def test_what_is_typed_changes_nobody_who_is_known_and_who_left_comes_back_by_confirming(form: Form) -> None:
    (written,) = people_write([Incoming((ANA,), {"name": "Ana Ríos"})], at=AT)
    assert written.person is not None
    choice_withdraw(person=written.person.pk, topic="", proof={}, at=AT)
    suppress(identity=ANA, why=Suppression.Why.UNSUBSCRIBED, at=AT)

    answer = sent(form, {**worked(form), "name": "Mallory", "visitor": "a" * 22})

    assert answer.json()["state"] == "taken"  # nobody learns who left
    assert Person.objects.values_list("name", "language").get() == ("Ana Ríos", "")
    assert not Choice.objects.filter(state="given").exists()
    assert not OutboxRow.objects.exclude(name__startswith="consent.choice.").exists()
    Client().post(f"/confirm/{token_of(Confirmation.objects.get())}")
    assert Choice.objects.filter(state="given", topic="news").exists()
    assert Person.objects.values_list("name", "language").get() == ("Mallory", "es")
    assert not suppressed([ANA.place])
    assert counted(form) == {"asked": 1, "confirmed": 1}

    suppress(identity=ANA, why=Suppression.Why.COMPLAINT, at=AT)
    again = sent(form, worked(form))
    stranger = sent(form, {**worked(form), "email": "bea@shop.example"})
    assert again.json() == answer.json() == stranger.json()  # nobody learns who complained
    assert counted(form) == {"asked": 1, "confirmed": 1, "suppressed": 1, "taken": 1}


def test_spellings_of_one_mailbox_get_no_more_letters_than_it_does(form: Form) -> None:
    form.is_confirmed = True
    form.save()

    shop = ["ana+1@Shop.example", "Ana+2@shop.example", "ana+3@shop.example", "ana@shop.example"]
    gmail = ["a.na@gmail.com", "an.a+x@gmail.com", "a.n.a@googlemail.com", "ana@gmail.com", "AN.A@gmail.com"]

    told = [sent(form, {**worked(form), "email": each}) for each in [*shop, *gmail, "anabel+1@shop.example"]]

    assert {each.json()["state"] for each in told} == {"asked"}
    assert counted(form) == {"asked": 3 + 3 + 1, "too_often": 1 + 2}


@pytest.mark.parametrize("torn", ["http://[", "https://[::1", "http://a]b/"])
def test_addresses_that_cannot_be_read_are_refused_or_left_out(form: Form, torn: str) -> None:
    assert sent(form, worked(form), origin=torn).status_code == 403
    assert sent(form, {**worked(form), "page": torn}).json()["state"] == "taken"
    assert Client().get(f"/f/{form.key}/challenge", headers={"origin": torn}).status_code == 200
    assert "page" not in Choice.objects.get().proof


def test_a_confirmation_of_long_ago_opens_no_preferences(form: Form) -> None:
    form.is_confirmed = True
    form.save()
    sent(form, worked(form))
    where = f"/confirm/{token_of(Confirmation.objects.get())}"

    assert "/preferences/" in Client().post(where).content.decode()
    Confirmation.objects.update(confirmed_at=timezone.now() - timedelta(days=PREFERENCES_HOLD_DAYS + 1))
    assert "/preferences/" not in Client().get(where).content.decode()


def test_without_a_script_a_second_button_some_seconds_later_signs_up(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = sent(form, {}, accept="text/html").content.decode()
    challenge = shown.split('name="challenge" value="')[1].split('"')[0]
    assert 'name="email" value="ana@shop.example"' in shown
    assert not Person.objects.exists()

    assert challenge in sent(form, {"challenge": challenge}, accept="text/html").content.decode()
    later = timezone.now() + timedelta(seconds=SLOW_SECONDS + 1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    done = sent(form, {"challenge": challenge}, accept="text/html")

    assert (done.status_code, len(done.cookies)) == (200, 0)
    assert Confirmation.objects.get().topics == ["news"]  # no work was done, so the address is proved
    assert counted(form) == {"too_quick": 1, "asked": 1}


def test_what_is_refused_is_counted_with_its_reason(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    good = worked(form)
    wrong: dict[str, tuple[dict[str, Any], str, int]] = {
        "page": (good, OTHER, 403),
        "honeypot": ({**good, "website": "https://spam.example"}, SHOP, 200),
        "fields": ({**good, "email": "no address", "own_size": "x"}, SHOP, 422),
        "no_proof": ({**good, "work": "x"}, SHOP, 422),
    }
    for given, origin, status in wrong.values():
        answer = sent(form, given, origin)
        assert answer.status_code == status
        assert ("Access-Control-Allow-Origin" in answer.headers) == (origin == SHOP)
    for stale in (
        {},
        worked(form, days_ago=1),
        {**good, "challenge": good["challenge"].replace("news", "olds")},
    ):
        assert sent(form, stale).status_code == 422
    monkeypatch.setenv("ZOCO_FORMS_PER_MINUTE", "1")
    assert sent(form, good).status_code == 429
    monkeypatch.setenv("ZOCO_FORMS_PER_MINUTE", "100")
    Form.objects.update(is_on=False)
    assert sent(form, good).status_code == 410

    assert counted(form) == {**dict.fromkeys(wrong, 1), "no_proof": 4, "pace": 1, "off": 1}
    assert not Person.objects.exists()


def test_with_more_topics_each_is_ticked_and_looking_changes_nothing(form: Form) -> None:
    form.topics.add(Topic.objects.create(key="offers", label="Offers", words={"es": {"label": "Ofertas"}}))
    page = Client().get(f"/f/{form.key}", headers={"accept-language": "es"})
    part = Client().get(f"/f/{form.key}/fields?language=es-MX", headers={"origin": SHOP})
    assert (page.status_code, len(page.cookies), page.headers["X-Robots-Tag"]) == (200, 0, "noindex")
    assert "Ofertas" in part.content.decode()
    assert "checked" not in part.content.decode()
    assert part.headers["Access-Control-Allow-Origin"] == SHOP
    assert FormDay.objects.count() == 0

    assert "topic" in sent(form, worked(form)).json()["errors"]
    sent(form, {**worked(form), "topic": ["news"]})
    assert list(Choice.objects.values_list("topic", "state")) == [("news", "given")]
    assert Choice.objects.get().state == "given"
    assert Confirmation.objects.count() == 0
    assert sent(form, {**worked(form), "topic": ["offers"]}).json()["state"] == "asked"
