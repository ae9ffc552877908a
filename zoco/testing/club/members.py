"""Who signs up: known visitors of the shop, so that what they did there is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils.translation import override

from zoco.consent.confirming.services import form_told
from zoco.consent.models import Topic
from zoco.consent.public.preferring import choice_give
from zoco.consent.signup.asking import text_of
from zoco.consent.signup.counting import outcome_count
from zoco.consent.signup.models import Form
from zoco.kit.lists import rows
from zoco.ledger.outbox import joining
from zoco.ledger.store import opening
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write

TAG = "demo"
MOST = 600
"""How many sign up; a larger shop has no larger club."""
HOSTS = ("mail", "post", "correo", "pochta", "youxiang")
"""Mailboxes lie at these, under .example, which leads nowhere (RFC 2606)."""
AFTER = timedelta(minutes=12)
"""So long after the first visit as a known one somebody signs up."""
TONGUES = {"zh": "zh-hans"}
_FOUND = (
    "SELECT known, min(occurred_at) AS began, min(country) AS country, min(language) AS language,"
    " sum(CASE WHEN name = 'shop.order.placed' THEN 1 ELSE 0 END) AS orders"
    " FROM facts WHERE site = {site} AND known <> 0 AND verdict = 'human'"
    " GROUP BY known HAVING count(*) > 3 ORDER BY orders DESC, known LIMIT {most}"
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who signs up at a moment, in a language of the shop."""

    known: int
    at: datetime
    country: str
    language: str
    given: str
    family: str
    address: str

    @property
    def incoming(self) -> Incoming:
        """Return what is said of the person."""
        fields = {
            "given_name": self.given, "family_name": self.family, "country": self.country,
            "language": TONGUES.get(self.language, self.language),
        }  # fmt: skip
        return Incoming((identity_read("email", self.address),), fields, {}, (TAG,))


def members_found(site: int) -> list[Member]:
    """Return those who sign up, in the order in which they do; whoever bought comes before others."""
    table = opening.store().query(_FOUND.format(site=site, most=MOST))
    named = list(rows(Path(__file__).with_name("names.tsv"), 5))
    found = []
    for number, row in enumerate(table.to_pylist()):
        language = row["language"][:2] if row["language"][:2] in {each[0] for each in named} else "en"
        mine = [each for each in named if each[0] == language]
        _language, _country, given, family, name = mine[row["known"] % len(mine)]
        address = f"{name}.{number}@{HOSTS[row['known'] % len(HOSTS)]}.example"
        began = row["began"].replace(tzinfo=UTC)
        found.append(Member(row["known"], began + AFTER, row["country"], language, given, family, address))
    return sorted(found, key=lambda each: (each.at, each.known))


def members_write(members: Sequence[Member], *, form: Form, topic: Topic) -> int:
    """Let them sign up by the form: the person, the proof, the joined browser; returns how many did."""
    written = people_write([each.incoming for each in members], at=members[-1].at) if members else []
    for each, became in zip(members, written, strict=True):
        if became.person is not None:
            _signed_up(each, became.person, form, topic)
    return len(written)


def _signed_up(member: Member, person: Person, form: Form, topic: Topic) -> None:
    language = TONGUES.get(member.language, member.language)
    with override(language):
        text = text_of(form, "consent", language)
    proof = {"form": form.key, "text": text, "language": language, "topics": topic.label}
    choice_give(person=person.pk, topic=topic.key, proof=proof, at=member.at)
    joining.join(site=form.site_id, known=member.known, person=person.number, by="form", at=member.at)
    form_told(
        form=form.key,
        site=form.site_id,
        person=person.pk,
        topics=[topic.key],
        language=language,
        at=member.at,
    )
    outcome_count(form=form, outcome="taken", at=member.at)
