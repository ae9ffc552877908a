"""What happens to permission when two people turn out to be one: the stricter choice wins."""

from collections.abc import Mapping
from typing import Any

from zoco.consent.models import Choice, Contact, Reservation, Standing
from zoco.people.merging import MERGERS, State

PLACE = ("purpose", "topic", "adapter")
FIELDS = ("id", *PLACE, "state", "since")
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
        own = {_place(each): each for each in before[str(into)]}
        for each in before[str(person)]:
            rows = Standing.objects.filter(pk=each["id"])
            if _place(each) not in own:
                rows.update(person=into)
                continue
            rows.delete()
            if _strictness(each) > _strictness(own[_place(each)]):
                kept = Standing.objects.filter(pk=own[_place(each)]["id"])
                kept.update(state=each["state"], since=each["since"])
        contact = Contact.objects.filter(person=person, most__gt=0).values("most", "days").first()
        had = Contact.objects.filter(person=into).values("most", "days").first()
        if contact and not (had and had["most"]):
            Contact.objects.update_or_create(person_id=into, defaults=contact)
        return {"standings": before, "choices": choices, "sent": sent, "contact": had, "took": contact}

    def part(self, person: int, into: int, before: State) -> None:
        """Give both back what was theirs; what the survivor chose since holds on for the survivor."""
        Choice.objects.filter(pk__in=before["choices"], person=into).update(person=person)
        Reservation.objects.filter(pk__in=before["sent"], person=into).update(person=person)
        theirs, own = before["standings"][str(person)], before["standings"][str(into)]
        brought = {_place(each) for each in theirs} - {_place(each) for each in own}
        for place in brought:
            named = dict(zip(PLACE, place, strict=True))
            moved = Standing.objects.filter(person=into, **named)
            moved.filter(pk__in=[each["id"] for each in theirs if "id" in each]).update(person=person)
            moved.delete()
        for who, rows in ((person, theirs), (into, own)):
            for each in rows:
                _restore(who, each)
        taken, had = before["took"], before["contact"]
        if taken and not (had and had["most"]):
            same = Contact.objects.filter(person=into, **taken)
            if had is None:
                same = same.exclude(paused_until__isnull=False)
                same.delete()
            else:
                same.update(**had)
        _said_since(into)


def _strictness(standing: Mapping[str, Any]) -> tuple[int, str]:
    """Rank what holds: a refusal before consent before a question, and the later of two refusals."""
    state = standing["state"]
    return STRICT.index(Choice.State(state)), standing["since"] if state == Choice.State.WITHDRAWN else ""


def _standings(person: int) -> list[dict[str, Any]]:
    rows = Standing.objects.filter(person=person).order_by("purpose", "topic", "adapter").values(*FIELDS)
    return [{**each, "since": each["since"].isoformat()} for each in rows]


def _place(standing: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(standing[name] for name in PLACE)


def _restore(person: int, kept: Mapping[str, Any]) -> None:
    """Let a standing be as it was, under the key that it had; merges of earlier versions kept no keys."""
    place = dict(zip(PLACE, _place(kept), strict=True))
    said = {"state": kept["state"], "since": kept["since"]}
    if not Standing.objects.filter(person=person, **place).update(**said):
        key = {"id": kept["id"]} if "id" in kept else {}
        Standing.objects.create(person_id=person, **key, **place, **said)


def _said_since(person: int) -> None:
    """Let choices that are later than what stands, stand."""
    for choice in Choice.objects.filter(person=person).exclude(state=Choice.State.ASKED).order_by("at", "pk"):
        place: dict[str, Any] = {"purpose": choice.purpose, "topic": choice.topic, "adapter": choice.adapter}
        later = Standing.objects.filter(person=person, since__gte=choice.at, **place)
        if not later.exists():
            Standing.objects.update_or_create(
                person_id=person, defaults={"state": choice.state, "since": choice.at}, **place
            )
