"""Who makes each person's mail of a sending, in his language and with his names, links and ways out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from zoco.channels.bulk.making import MAKERS, MakingStopped
from zoco.channels.bulk.models import Batch
from zoco.channels.contract import Content, Refused
from zoco.channels.domains.naming import domain_of
from zoco.channels.domains.verdicts import feedback_id
from zoco.channels.drafts import Claimed
from zoco.channels.mailing.mime import MessageUnfit
from zoco.channels.models import Message
from zoco.consent.models import Purpose
from zoco.consent.public.tokens import Links
from zoco.mail.counting.links import home, letter_links, rewriter
from zoco.mail.counting.tokens import tokens_made
from zoco.mail.inbox.returning import verp_sender
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.conditions import conditions_held
from zoco.mail.letters.drafts import LetterWrong, language_chosen
from zoco.mail.letters.heads import leaving_headers, name_headers, people_headers
from zoco.mail.letters.message import Envelope, HeaderWrong, seen
from zoco.mail.letters.values import values_of
from zoco.mail.sending.freezing import thawed
from zoco.mail.sending.models import Leg
from zoco.people.models import Person
from zoco.sites.models import Hostname

KEY = "sending"


@MAKERS.plug
class LetterMaker:
    """Makes the mails of one leg of a sending."""

    key = KEY

    def open(self, batch: Batch) -> "LetterMaking":
        """Compile each language once. Raises LetterWrong, LinksChanged, Leg.DoesNotExist."""
        leg = Leg.objects.select_related("sending").get(batch=batch)
        tags = {"source": "newsletter", "medium": "email", "campaign": batch.campaign}
        hostnames = tuple(Hostname.objects.values_list("name", flat=True))
        envelopes = {}
        for draft in thawed(leg.editions):
            if not leg.is_counted:
                envelopes[draft.language] = Envelope(compiled(draft))
                continue
            lead = rewriter(
                batch=batch.pk,
                language=draft.language,
                home=home(),
                tags=tags if batch.campaign else {},
                hostnames=hostnames,
            )
            letter = compiled(draft, link=lead, foot=lead.foot)
            lead.keep()
            envelopes[draft.language] = Envelope(letter)
        return LetterMaking(batch, envelopes)


@dataclass(slots=True)
class LetterMaking:
    """A leg whose languages are ready. `envelopes` stand in the order of the letter's languages."""

    batch: Batch
    envelopes: Mapping[str, Envelope]
    feedbacks: dict[str, str] = field(default_factory=dict, init=False)
    """The Feedback-ID by the address from which it leaves."""

    def contents(self, claimed: Sequence[Claimed]) -> list[Content | Refused]:
        """Return each person's mail; whose letter cannot be made for him alone is refused."""
        now = timezone.now()
        readers = readers_of(claimed)
        people = {each.pk: each for each in readers.values()}
        values = values_of(list(people.values()))
        asked = {name for each in self.envelopes.values() for name in each.letter.conditions}
        try:
            holds = conditions_held(asked, list(people)) if asked else {}
        except LetterWrong as gone:
            raise MakingStopped(str(gone)) from gone
        ways = Links(on=now.date(), base=home())
        uids = [UUID(each.uid) for each in claimed]
        tokens = tokens_made(messages=uids, batch=self.batch.pk, at=now)
        made: list[Content | Refused] = []
        for each, uid, mine in zip(claimed, uids, tokens, strict=True):
            person = readers.get(each.message)
            if person is None:
                made.append(Refused("The person is not there any more.", "gone"))
                continue
            try:
                links = letter_links(ways, mine, person=person, topic=self.batch.topic, message=uid)
                filled = {**values[person.pk], "links": links}
                made.append(self._content(each, person, filled, holds.get(person.pk, frozenset()), now))
            except (LetterWrong, HeaderWrong, MessageUnfit) as wrong:
                made.append(Refused(str(wrong)[:300], "unfit"))
        return made

    def _content(
        self, claimed: Claimed, person: Person, values: dict[str, Any], holds: frozenset[str], now: datetime
    ) -> Content:
        envelope = self.envelopes[language_chosen(person.language, list(self.envelopes))]
        back = verp_sender(claimed.uid, claimed.account_key, on=now.date())
        headers = self._headers(claimed, values["links"]["unsubscribe"], back)
        if claimed.channel.key != "email":
            shown = seen(envelope.letter, values, holds)
            return Content(shown.subject, shown.text, shown.html, dict(headers))
        name = name_headers(claimed.account, uid=claimed.uid, at=now.astimezone(UTC))
        head = people_headers(claimed.account, to=claimed.to, name=claimed.name)
        wire = envelope.wire([*name, *headers], values, holds, above=head.decode("ascii"))
        return Content(wire=wire, sender=back)

    def _headers(self, claimed: Claimed, leave: str, back: str) -> list[tuple[str, str]]:
        """Return what mailboxes ask of whoever writes to many."""
        headers = [("Feedback-ID", self._feedback(claimed.account.settings["from_address"]))]
        if self.batch.purpose == Purpose.MARKETING:
            headers += leaving_headers(address=leave, mailto=back)
        return headers

    def _feedback(self, address: str) -> str:
        if address not in self.feedbacks:
            self.feedbacks[address] = feedback_id(
                campaign=self.batch.campaign or str(self.batch.uid)[:8],
                customer=self.batch.topic or self.batch.purpose,
                mailtype=self.batch.purpose,
                sender=domain_of(address).replace(".", ""),
            )
        return self.feedbacks[address]


def readers_of(claimed: Sequence[Claimed]) -> dict[int, Person]:
    """Return who reads each message, by its key; who was merged meanwhile is whom he was merged into."""
    found = Person.objects.in_bulk({each.person for each in claimed})
    readers = {each.message: found[each.person] for each in claimed if each.person in found}
    moved = [message for message, person in readers.items() if person.merged_into_id is not None]
    if moved:
        for message in Message.objects.filter(pk__in=moved).select_related("person"):
            if message.person is not None:
                readers[message.pk] = message.person
    return readers
