"""What happens to permission when two people turn out to be one: the stricter choice wins."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from zoco.consent.models import Choice, Contact, Reservation, Standing
from zoco.consent.services import choice_record, contacts_lock
from zoco.people.merging import MERGERS, State

WISHES = (("most", "days"), ("paused_until",))
NO_WISH: State = {"most": None, "days": None, "paused_until": None}
PLACE = ("purpose", "topic", "adapter")
FIELDS = ("id", *PLACE, "state", "since")
STRICT = (Choice.State.ASKED, Choice.State.GIVEN, Choice.State.WITHDRAWN)


@MERGERS.plug
class ConsentMerger:
    """Choices and sent messages go over; standings are put together, and kept for the way back."""

    key = "consent"

    def hold(self, people: Collection[int]) -> None:
        """Lock what whoever writes to them locks first."""
        contacts_hold(people)

    def merge(self, person: int, into: int) -> State:
        """Put both together."""
        before = {str(each): _standings(each) for each in (person, into)}
        choices = list(Choice.objects.filter(person=person).values_list("pk", flat=True))
        sent = list(Reservation.objects.filter(person=person).values_list("pk", flat=True))
        last = Choice.objects.order_by("pk").values_list("pk", flat=True).last()
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
        had, became = _wishes_merge(person, into)
        moved: State = {"standings": before, "choices": choices, "sent": sent, "last": last or 0}
        return {**moved, "contact": had, "became": became}

    def part(self, person: int, into: int, before: State) -> None:
        """Give both back what was theirs; what the survivor chose since holds on for the survivor.

        What he left holds for both: by whose letter he did so nobody asked while they were one.
        """
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
        _wishes_part(into, before)
        _said_since(into)
        if "last" in before:
            _left_since(person, into, last=before["last"])


def contacts_hold(people: Collection[int]) -> None:
    """Lock the contact rows that there are of people."""
    contacts_lock(set(Contact.objects.filter(person__in=people).values_list("pk", flat=True)))


def _wishes_merge(person: int, into: int) -> tuple[State | None, State | None]:
    """Let the stricter wishes hold; returns the survivor's, and what became of them if they changed."""
    own, other = _wishes(into), _wishes(person)
    both = [each or NO_WISH for each in (own, other)]
    seldom = min((each for each in both if each["most"]), key=_often, default=both[0])
    pauses = [each["paused_until"] for each in both if each["paused_until"]]
    became = {"most": seldom["most"], "days": seldom["days"], "paused_until": max(pauses, default=None)}
    if became == both[0]:
        return _plain(own), None
    Contact.objects.update_or_create(person_id=into, defaults=became)
    return _plain(own), _plain(became)


def _wishes_part(into: int, before: State) -> None:
    """Give the survivor the wishes back that a merge changed, unless they were changed since.

    Merges of earlier versions told what they took over, which was nothing where there was a wish.
    """
    had, now = before["contact"], _plain(_wishes(into))
    took = None if had and had["most"] else before.get("took")
    became = before.get("became", took)
    if not became or now is None:
        return
    back: State = {}
    for names in WISHES:
        if all(name in became and now[name] == became[name] for name in names):
            back |= {name: (had or NO_WISH).get(name) for name in names}
    if pause := back.get("paused_until"):
        back["paused_until"] = datetime.fromisoformat(pause)
    row = Contact.objects.filter(person=into)
    if had is None and {**now, **back} == NO_WISH:
        row.delete()
    elif back:
        row.update(**back)


def _wishes(person: int) -> State | None:
    found: State | None = Contact.objects.filter(person=person).values(*NO_WISH).first()
    return found


def _often(wish: State) -> float:
    return float(wish["most"] / (wish["days"] or 1))


def _plain(wish: State | None) -> State | None:
    """Return a wish as JSON keeps it."""
    if wish is None:
        return None
    pause = wish["paused_until"]
    return {**wish, "paused_until": pause and pause.isoformat()}


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


def _left_since(person: int, into: int, *, last: int) -> None:
    """Let what the survivor left after a merge, and did not come back to, be left by the other as well.

    `last` is the key of the last choice before the merge.
    """
    since = Choice.objects.filter(person=into, pk__gt=last)
    for each in since.filter(state=Choice.State.WITHDRAWN).order_by("at", "pk"):
        place: dict[str, Any] = {"purpose": each.purpose, "topic": each.topic}
        if not since.filter(state=Choice.State.GIVEN, at__gt=each.at, **place).exists():
            state, proof = Choice.State.WITHDRAWN, each.proof
            choice_record(person=person, state=state, proof=proof, at=each.at, adapter=each.adapter, **place)
