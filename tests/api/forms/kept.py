"""One of each thing of direct marketing, so that every page of it has something to show."""

from datetime import datetime
from typing import Any

from zoco.channels.models import Account, SendingDomain
from zoco.channels.rates.models import Destination
from zoco.channels.services import account_save
from zoco.consent.models import Choice, Suppression, Topic
from zoco.consent.services import choice_record
from zoco.consent.signup.models import Form
from zoco.consent.suppressing import suppress
from zoco.mail.editing.models import Edition, Letter
from zoco.mail.editing.services import Words, edition_write
from zoco.mail.inbox.models import Arrival, Mailbox, Reply
from zoco.mail.journeys.kinds import KINDS
from zoco.mail.journeys.models import Journey
from zoco.mail.journeys.services import journey_draw, journey_let, journey_publish
from zoco.mail.letters.blocks import BLOCKS
from zoco.mail.sending.models import Sending
from zoco.mail.sending.services import sending_write
from zoco.monitor.services import goal_create
from zoco.people.audiences.services import audience_write, members_add
from zoco.people.doubles.models import Likeness
from zoco.people.editing import Hand, note_add, tag_add
from zoco.people.identities import identity_read
from zoco.people.models import Attribute, Audience, PeopleImport, Person
from zoco.people.writing import Incoming, people_write
from zoco.sites.models import Site
from zoco.surveys.models import Response, Survey
from zoco.trials.models import Trial

SOURCES: dict[str, dict[str, Any]] = {
    "es": {"kind": "mjml", "source": "<mjml><mj-body><mj-raw>{{ person.name }}</mj-raw></mj-body></mjml>"},
    "ru": {"kind": "html", "source": "<p>{{ person.name }}</p>"},
}


def one_of_each(*, at: datetime) -> list[Person]:
    """Make it; returns the people."""
    site = Site.objects.create(slug="shop", name="Honey shop", zone="Europe/Madrid")
    for kind in Attribute.Kind.values:
        Attribute.objects.create(key=f"a_{kind}", label=kind, kind=kind, choices=["a", "b"])
    people = people_of_shop(at)
    trials(site, at)
    surveys(site, at)
    topic = Topic.objects.create(key="news", label="News")
    form = Form.objects.create(key="join", name="Join", site=site, fields={"name": False})
    form.topics.add(topic)
    account = account_of_mail()
    Destination.objects.create(account=account, domain="shop.example", struck_at=at, paused_until=at)
    SendingDomain.objects.get_or_create(name="shop.example")
    letter = letter_of_order(at)
    audience = audience_write(name="By hand", kind=Audience.Kind.STATIC, at=at)
    members_add(audience=audience, people=[each.pk for each in people], at=at)
    sending_write(sending=Sending(name="D", letter=letter, audience=audience, account=account), at=at)
    going = sending_write(sending=Sending(name="G", letter=letter, audience=audience, account=account), at=at)
    Sending.objects.filter(pk=going.pk).update(state="going", started_at=at)
    journeys(at)
    box = Mailbox.objects.create(name="box", host="127.0.0.1", port=1, user="u")
    arrival = Arrival.objects.create(
        mailbox=box, uid_validity=1, uid=1, digest="d", kind="reply", person=people[0], at=at
    )
    Reply.objects.create(arrival=arrival, person=people[0], subject="Hi", text="Yes", at=at)
    columns = [{"key": "email", "label": "email", "samples": ["eve@shop.example"]}]
    for name, state in (("x.csv", "uploading"), ("y.csv", "read")):
        PeopleImport.objects.create(
            name=name, state=state, columns=columns, size=10, created_at=at, told_at=at
        )
    return people


def people_of_shop(at: datetime) -> list[Person]:
    """Make three people with what pages show of them: choices, a tag, a note, a likeness, a suppression."""
    named = [identity_read("email", f"{each}@shop.example") for each in ("ana", "bea", "carl")]
    people = [
        each.person for each in people_write([Incoming((each,)) for each in named], at=at) if each.person
    ]
    hand = Hand(at, name="test")
    tag_add(person=people[0], name="vip", hand=hand)
    note_add(person=people[0], text="Wrote.", hand=hand)
    choice_record(person=people[0].pk, state=Choice.State.GIVEN, proof={"form": "test"}, at=at)
    Likeness.objects.create(low=people[0], high=people[1], why=["mailbox"], found_at=at)
    suppress(identity=named[0], why=Suppression.Why.BY_HAND, at=at)
    return people


def account_of_mail() -> Account:
    """Make accounts of mail and of a web hook, at a port where nobody answers."""
    hook = {"url": "http://127.0.0.1:1/hook"}
    account_save(
        account=Account(adapter="hook", name="Hook"), settings=hook, secrets={"key": "honeycomb-16-16"}
    )
    settings = {"from_address": "news@shop.example", "from_name": "Shop", "host": "127.0.0.1", "port": 1}
    return account_save(
        account=Account(adapter="email", name="Mail"), settings={**settings, "tls": "plain"}, secrets={}
    )


def letter_of_order(at: datetime) -> Letter:
    """Make a letter with an earlier version: of blocks of each kind, of MJML, of HTML."""
    moments = {"created_at": at, "changed_at": at}
    letter = Letter.objects.create(name="Order", key="order", purpose="transactional", **moments)
    for subject in ("First", "Then"):
        blocks = [{"type": "text", "value": {"text": "<p>Hi</p>"}}]
        edition_write(letter=letter, language="en", words=Words(subject=subject, blocks=blocks), at=at)
    for language, said in SOURCES.items():
        edition_write(letter=letter, language=language, words=Words(subject="S", **said), at=at)
    Edition.objects.filter(language="en").update(blocks=[{"type": each.key, "value": {}} for each in BLOCKS])
    return letter


def journeys(at: datetime) -> None:
    """Make one that is drawn, with a step of each kind, and one that runs."""
    drawn = Journey.objects.create(name="Drawn", created_at=at)
    steps = {f"s{at}": {"kind": each.key, "settings": {}, "next": {}} for at, each in enumerate(KINDS)}
    journey_draw(journey=drawn, graph={"start": "s0", "steps": steps}, entries=[{"kind": "program"}])
    runs = Journey.objects.create(name="Runs", created_at=at)
    graph = {"start": "a", "steps": {"a": {"kind": "goal"}}}
    journey_draw(journey=runs, graph=graph, entries=[{"kind": "program"}])
    journey_publish(journey=runs, is_moving=False, at=at)
    journey_let(journey=runs, state=Journey.State.RUNNING, at=at)


def surveys(site: Site, at: datetime) -> None:
    """Make a survey of each kind of question in each state, with an answer."""
    one = {"words": {"en": "?"}}
    asked: list[dict[str, Any]] = [
        one | {"key": f"q{number}", "kind": kind} for number, kind in enumerate(("nps", "csat", "text"), 1)
    ]
    asked.append(one | {"key": "q4", "kind": "single", "options": {"en": ["a", "b"]}})
    asked.append(one | {"key": "q5", "kind": "unaided", "brands": [{"name": "Acme"}]})
    for state in Survey.State.values:
        survey = Survey.objects.create(
            site=site, key=state, name=state, state=state, questions=asked, started_at=at
        )
        Response.objects.create(
            survey=survey, at=at, language="en", way="page", who="v1",
            answers={"q1": 9, "q2": 4, "q3": "Fast", "q4": ["1"], "q5": "acme"},
        )  # fmt: skip


def trials(site: Site, at: datetime) -> None:
    """Make a trial in each state, and a goal to go by."""
    goal_create(site=site.pk, name="Order", kind="event", event="order")
    arms = [{"key": "a"}, {"key": "b"}]
    metrics = [{"name": "Orders", "role": "primary", "goal": "Order"}]
    for state in Trial.State.values:
        began = None if state == "draft" else at
        Trial.objects.create(
            site=site, key=state, name=state, state=state, arms=arms, metrics=metrics, started_at=began,
            ended_at=None if state in ("draft", "running") else at,
        )  # fmt: skip
