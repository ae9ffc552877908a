"""What happens to permission when two people turn out to be one: the stricter choice wins."""

from typing import Any

from zoco.consent.models import Choice, Contact, Reservation, Standing
from zoco.people.merging import MERGERS, State

FIELDS = ("purpose", "topic", "adapter", "state", "since")
STRICT = (Choice.State.ASKED, Choice.State.GIVEN, Choice.State.WITHDRAWN)


@MERGERS.plug
class ConsentMerger:
    """Choices and sent messages go over; standings are put together, and kept for the way back."""

    key = "consent"

    def merge(self, person: int, into: int) -> State:
        """Put both together."""
        before = {str(each): _standings(each) for each in (person, into)}
        choices = list(Choice.objects.filter(person=person).values_list("pk", flat=True))
        sent = list(Reservation.objects.filter(person=person).values_list("pk", flat=True))
        Choice.objects.filter(pk__in=choices).update(person=into)
        Reservation.objects.filter(pk__in=sent).update(person=into)
        held: dict[tuple[str, ...], dict[str, str]] = {}
        for each in (*before[str(into)], *before[str(person)]):
            place = (each["purpose"], each["topic"], each["adapter"])
            if place not in held or _strictness(each) > _strictness(held[place]):
                held[place] = each
        _write(into, list(held.values()))
        _write(person, [])
        contact = Contact.objects.filter(person=person, most__gt=0).values("most", "days").first()
        own = Contact.objects.filter(person=into).values("most", "days").first()
        if contact and not (own and own["most"]):
            Contact.objects.update_or_create(person_id=into, defaults=contact)
        return {"standings": before, "choices": choices, "sent": sent, "contact": own, "took": contact}

    def part(self, person: int, into: int, before: State) -> None:
        """Give both back what was theirs; what the survivor chose since holds on for the survivor."""
        Choice.objects.filter(pk__in=before["choices"], person=into).update(person=person)
        Reservation.objects.filter(pk__in=before["sent"], person=into).update(person=person)
        _write(person, before["standings"][str(person)])
        _write(into, before["standings"][str(into)])
        taken = before["took"]
        if taken and not (before["contact"] and before["contact"]["most"]):
            Contact.objects.filter(person=into, **taken).update(most=None, days=None)
        _said_since(into)


def _strictness(standing: dict[str, str]) -> tuple[int, str]:
    """Rank what holds: a refusal before consent before a question, and the later of two refusals."""
    state = standing["state"]
    return STRICT.index(Choice.State(state)), standing["since"] if state == Choice.State.WITHDRAWN else ""


def _standings(person: int) -> list[dict[str, str]]:
    rows = Standing.objects.filter(person=person).order_by("purpose", "topic", "adapter").values(*FIELDS)
    return [{**each, "since": each["since"].isoformat()} for each in rows]


def _write(person: int, rows: list[dict[str, str]]) -> None:
    Standing.objects.filter(person=person).delete()
    Standing.objects.bulk_create([Standing(person_id=person, **each) for each in rows])


def _said_since(person: int) -> None:
    """Let choices that are later than what stands, stand."""
    for choice in Choice.objects.filter(person=person).exclude(state=Choice.State.ASKED).order_by("at", "pk"):
        place: dict[str, Any] = {"purpose": choice.purpose, "topic": choice.topic, "adapter": choice.adapter}
        later = Standing.objects.filter(person=person, since__gte=choice.at, **place)
        if not later.exists():
            Standing.objects.update_or_create(
                person_id=person, defaults={"state": choice.state, "since": choice.at}, **place
            )
