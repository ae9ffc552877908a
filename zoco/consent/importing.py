"""What a file of people says of permission. No file makes anybody agree who refused here."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from zoco.consent.asking import weighed
from zoco.consent.deciding import Decision, event_of
from zoco.consent.models import Choice, Purpose, Standing, Suppression, SuppressionEvent, Topic
from zoco.consent.services import EVERYWHERE, contacts_lock
from zoco.consent.suppressing import hash_of, hashes_of
from zoco.kit.ids import uuid7
from zoco.kit.periods import micros
from zoco.kit.rows import rows_add, rows_write
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.people.importing.permission import KEEPERS, Place, Told
from zoco.people.models import NUMBER_BASE

ADAPTER = "email"
GIVEN, WITHDRAWN = Choice.State.GIVEN, Choice.State.WITHDRAWN
WHY = {"dead": Suppression.Why.DEAD, "blocked": Suppression.Why.IMPORTED}
Spot = tuple[int, str]
"""A person and a topic."""
Mark = tuple[str, str]
"""What is kept of an address, and why it is suppressed."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A choice that is written past the ORM, which is slow at thousands."""

    person: int
    topic: str
    state: str
    at: datetime
    proof: dict[str, str]

    @property
    def place(self) -> tuple[int, str, str, str, str]:
        """What stands of it, in columns."""
        return self.person, str(Purpose.MARKETING), self.topic, ADAPTER, self.state


@KEEPERS.plug
class ConsentKeeper:
    """Choices for letters of marketing, and suppressed addresses."""

    key = "consent"

    def topics(self) -> list[tuple[str, str]]:
        """Return all topics."""
        return list(Topic.objects.order_by("label", "id").values_list("key", "label"))

    def suppressed(self, places: Collection[Place]) -> set[Place]:
        """Return those that get no advertising."""
        marks = hashes_of(places)
        found = Suppression.objects.filter(hash__in=marks).values_list("hash", flat=True)
        return {marks[each] for each in found}

    def take(self, told: Sequence[Told]) -> dict[str, int]:
        """Suppress addresses, then write down what people chose: leaving first."""
        counts = _suppress([each for each in told if each.word in WHY])
        left = [each for each in told if each.word in ("withdrawn", "blocked")]
        given = [each for each in told if each.word == "given"]
        if left or given:
            contacts_lock({each.person for each in [*left, *given]})
            counts.update(_withdraw(_latest(left)))
            counts.update(_give(_latest(given)))
        return counts


def _suppress(told: Sequence[Told]) -> Counter[str]:
    """Suppress addresses; not those that a colleague let go after the moment, or the line, that tells it."""
    rows = {(hash_of(address), WHY[each.word]): each for each in told for address in each.addresses}
    marks = {mark for mark, _why in rows}
    held = set(Suppression.objects.filter(hash__in=marks).values_list("hash", "why"))
    lifted, sources = _decided(marks)
    new = {
        spot: each
        for spot, each in rows.items()
        if spot not in held
        and not (spot in lifted and (lifted[spot] >= each.at or _source(each) in sources.get(spot, set())))
    }
    Suppression.objects.bulk_create(
        [Suppression(hash=mark, why=why, at=each.at) for (mark, why), each in new.items()],
        ignore_conflicts=True,
    )
    SuppressionEvent.objects.bulk_create(
        event_of(_decision(each), mark=mark, why=why, at=each.at) for (mark, why), each in new.items()
    )
    return Counter(each.word for each in new.values())


def _decision(told: Told) -> Decision:
    said, letter = told.proof.get("reason", ""), told.proof.get("letter", "")
    return Decision(by=SuppressionEvent.By.IMPORT, source=_source(told), said=said, subject=letter)


def _source(told: Told) -> str:
    """Return by which line of which file it is told."""
    return ": ".join(filter(None, (told.proof.get("import"), told.proof.get("line"))))


def _decided(marks: Collection[str]) -> tuple[dict[Mark, datetime], dict[Mark, set[str]]]:
    """Return when addresses were let go the last time, and which lines of files had told before."""
    lifted: dict[Mark, datetime] = {}
    sources: dict[Mark, set[str]] = {}
    events = SuppressionEvent.objects.filter(hash__in=marks).order_by("pk")
    for mark, why, is_lift, source, at in events.values_list("hash", "why", "is_lift", "source", "at"):
        if is_lift:
            lifted[mark, why] = at
        elif source:
            sources.setdefault((mark, why), set()).add(source)
    return lifted, sources


def _latest(told: Iterable[Told]) -> dict[Spot, Told]:
    """Return one for each person and topic, of several the latest: no earlier row undoes a later one."""
    found: dict[Spot, Told] = {}
    for each in told:
        held = found.get((each.person, each.topic))
        if held is None or each.at > held.at:
            found[each.person, each.topic] = each
    return found


def _withdraw(told: dict[Spot, Told]) -> Counter[str]:
    """Let people leave who have not; not those who came back after the moment that the file tells of."""
    standings, imported = _standings(told), _imported(told)
    rows: list[tuple[Told, datetime]] = []
    for (person, topic), each in told.items():
        held = [one for one in standings.get(person, []) if topic in ("", one.topic)]
        if any(one.topic == topic and one.state == WITHDRAWN for one in held):
            continue
        at = each.at
        for one in held:
            # Another row of an import agreed: no moment of agreement there outdoes a refusal.
            if one.state == GIVEN and (person, one.topic, one.since) in imported:
                at = max(at, one.since)
        rows.append((each, at))
    _write(rows, WITHDRAWN, standings)
    return Counter(withdrawn=sum(each.word == "withdrawn" for each, _at in rows))


def _give(told: dict[Spot, Told]) -> Counter[str]:
    """Let people agree who neither agreed yet nor refused."""
    standings = _standings(told)
    rows, held = [], 0
    for (person, topic), each in told.items():
        said = [one for one in standings.get(person, []) if one.topic in ("", topic)]
        if any(one.state == WITHDRAWN for one in said):
            held += not weighed(said, is_needed=False).is_yes
        elif not any(one.state == GIVEN and one.topic == topic for one in said):
            rows.append((each, each.at))
    _write(rows, GIVEN, standings)
    return Counter(given=len(rows), held=held)


def _standings(told: Iterable[Spot]) -> dict[int, list[Standing]]:
    """Return what holds for these people of letters of marketing."""
    rows = Standing.objects.filter(
        person__in={person for person, _topic in told}, purpose=Purpose.MARKETING, adapter__in=("", ADAPTER)
    )
    found: dict[int, list[Standing]] = {}
    for each in rows:
        found.setdefault(each.person_id, []).append(each)
    return found


def _imported(told: Iterable[Spot]) -> set[tuple[int, str, datetime]]:
    rows = Choice.objects.filter(
        person__in={person for person, _topic in told}, state=GIVEN, proof__has_key="import"
    )
    return set(rows.values_list("person_id", "topic", "at"))


def _write(
    rows: Sequence[tuple[Told, datetime]], state: Choice.State, held: dict[int, list[Standing]]
) -> None:
    """Add choices with their proof, let what is later stand, and tell the ledger."""
    choices = [_Chosen(each.person, each.topic, str(state), at, each.proof) for each, at in rows]
    place = ["person", "purpose", "topic", "adapter", "state"]
    rows_add(Choice, [*place, "at", "proof"], [(*each.place, each.at, each.proof) for each in choices])
    mine = [each for each in choices if not _is_older(each, held.get(each.person, []))]
    stood = {
        (person, one.topic): one for person, some in held.items() for one in some if one.adapter == ADAPTER
    }
    fresh = [each for each in mine if (each.person, each.topic) not in stood]
    rows_add(Standing, [*place, "since"], [(*each.place, each.at) for each in fresh])
    changed = []
    for each in mine:
        if one := stood.get((each.person, each.topic)):
            one.state, one.since = state, each.at
            changed.append(one)
    rows_write(changed, ["state", "since"])
    now = micros(datetime.now(UTC))
    record_many([_fact(each, now) for each in choices])


def _is_older(choice: _Chosen, held: Sequence[Standing]) -> bool:
    mine = [one for one in held if one.topic == choice.topic and one.adapter == ADAPTER]
    later = [one for one in mine if one.state != Choice.State.ASKED and one.since > choice.at]
    return bool(later)


def _fact(choice: _Chosen, now: int) -> Fact:
    at = micros(choice.at)
    return Fact(
        id=uuid7(at), name=f"consent.choice.{choice.state}", site=EVERYWHERE, origin="server", occurred_at=at,
        received_at=now, person=NUMBER_BASE | choice.person, verdict="server", subject_kind="topic",
        subject=choice.topic, props={"purpose": str(Purpose.MARKETING), "adapter": ADAPTER},
    )  # fmt: skip
