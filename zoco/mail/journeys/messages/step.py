"""The step *Send a message*: a text in the person's language, by the one door, under the key of the visit."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.channels.concluding import waiting_drop
from zoco.channels.contract import CHANNELS, Ability, Channel, Content
from zoco.channels.delivering import deliver
from zoco.channels.drafts import Draft, DraftWrong, message_uid
from zoco.channels.models import Account, Message
from zoco.channels.sealing import SealBroken
from zoco.consent.models import Purpose
from zoco.consent.public.tokens import Links
from zoco.ledger.pictures.labels import language_within
from zoco.mail.counting.links import home
from zoco.mail.journeys import there
from zoco.mail.journeys.kinds import KINDS, Goes, Kind, Settings, Stays, StepWrong, Visit
from zoco.mail.journeys.leaving import ACCOUNT_GONE, MENDED, went
from zoco.mail.journeys.messages.texts import (
    LONGEST,
    TextWrong,
    text_check,
    text_chosen,
    text_filled,
    texts_read,
)
from zoco.mail.letters.placeholders import PlaceholderWrong
from zoco.mail.letters.values import values_of
from zoco.people.models import Person

ABOUT = "journey"
MAIL = "email"
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""When somebody was made whose links stand for all by their length: a number more or less is a character."""


def carriers() -> list[Channel]:
    """Return the adapters that carry a text to one person; mail has letters."""
    return [each for each in CHANNELS if _carries(each)]


def _carries(channel: Channel) -> bool:
    return channel.may(Ability.SEND) and channel.identity is not None and channel.identity[0] != MAIL


def carrier_of(account: Account | None) -> Channel | None:
    """Return the adapter of an account by which messages leave; None for any other account."""
    if account is None or account.adapter not in CHANNELS:
        return None
    channel = CHANNELS.get(account.adapter)
    return channel if _carries(channel) else None


def most_of(channel: Channel) -> int:
    """Return how many characters a text may have that leaves by an adapter."""
    return min(channel.limits.characters or LONGEST, LONGEST)


@KINDS.plug
class MessageStep(Kind):
    """Sends a short text; what the entry brought fills its placeholders of data."""

    key = "message"
    label = _("Send a message")
    leaves = True

    def check(self, settings: Settings) -> None:
        """Refuse an account that carries no messages, and texts that could not leave as they are."""
        channel = carrier_of(there.account(settings.get("account")))
        if channel is None:
            raise StepWrong(gettext_noop("Choose an account by which messages leave, other than mail."))
        if settings.get("purpose") not in Purpose.values:
            raise StepWrong(gettext_noop("Choose what the message is for."))
        topic = settings.get("topic") or ""
        if topic and there.topic(topic) is None:
            raise StepWrong(gettext_noop("The topic is not there any more; choose another, or none."))
        anybody = Person(pk=10**6, created_at=_ANY_MOMENT)
        links = links_of(anybody, topic, UUID(int=0), _ANY_MOMENT.date())
        try:
            texts = texts_read(settings.get("texts"))
        except TextWrong as wrong:
            raise StepWrong(wrong.words, **wrong.places) from wrong
        for text in texts:
            try:
                text_check(text, most=most_of(channel), links=links)
            except (TextWrong, PlaceholderWrong) as wrong:
                words = gettext_noop("The text in %(language)s cannot leave: %(why)s")
                raise StepWrong(words, language=language_within(text.language), why=wrong) from wrong

    def work(self, visit: Visit) -> Goes | Stays:
        """Send it. Whoever may not be written to, or has no handle there, goes on without."""
        try:
            draft = drafted(visit)
            return went(deliver(draft, now=visit.now), visit)
        except (DraftWrong, SealBroken) as wrong:
            return Stays(visit.now + MENDED, str(wrong))
        except (TextWrong, PlaceholderWrong) as wrong:
            # What waited for its hour under another name of his would wait for ever.
            waiting_drop(messages=Message.objects.filter(key=visit.key), now=visit.now)
            return Goes(reason=str(wrong))


def drafted(visit: Visit) -> Draft:
    """Return the message of a visit, made anew each time that it is tried.

    Raises TextWrong, PlaceholderWrong, DraftWrong.
    """
    settings, person, journey = visit.settings, visit.person, visit.traveller.journey
    account = Account.objects.filter(pk=settings["account"]).first()
    channel = carrier_of(account)
    if account is None or channel is None:
        raise DraftWrong(ACCOUNT_GONE)
    topic = settings.get("topic") or ""
    text = text_chosen(texts_read(settings["texts"]), person.language)
    links = links_of(person, topic, message_uid(visit.key), visit.now.date())
    values = {**values_of([person])[person.pk], "links": links, "data": visit.traveller.data}
    content = Content(text=text_filled(text, values, most=most_of(channel)))
    # Given as a function it is not kept: whoever is erased or leaves meanwhile gets nothing, and what waits
    # leaves by its journey alone. The journey's name stands for what the text says.
    return Draft(
        visit.key, account.pk, lambda _uid: content, person=person.pk, purpose=settings["purpose"],
        topic=topic, about_kind=ABOUT, about=str(journey.uid), subject=journey.name,
    )  # fmt: skip


def links_of(person: Person, topic: str, message: UUID, on: date) -> Mapping[str, str]:
    """Return the ways out of one reader's message."""
    ways, name = Links(on=on, base=home()), str(message)
    return {
        "unsubscribe": ways.unsubscribe(person=person, topic=topic, message=name),
        "preferences": ways.preferences(person=person, message=name),
    }
