"""What becomes of journeys when two people turn out to be one: the survivor goes on, once in each journey."""

from django.db.models import F, Max

from zoco.mail.journeys.models import Traveller
from zoco.people.merging import MERGERS, State

TURNS = 1_000_000
"""Added to the turns of whoever was merged, so that all histories can stand beside each other: of the second
who is merged into somebody twice as many, and so on."""


@MERGERS.plug
class JourneyMerger:
    """Whoever was merged is on his journeys as the survivor; where both were on the way, one stays so."""

    key = "journeys"

    def merge(self, person: int, into: int) -> State:
        """Hand them over."""
        mine = Traveller.objects.select_for_update().filter(person=person)
        taken = sorted(mine.values_list("pk", flat=True))
        going = Traveller.objects.filter(person=into, state=Traveller.State.GOING)
        both = mine.filter(state=Traveller.State.GOING, journey__in=going.values("journey"))
        left = sorted(both.values_list("pk", flat=True))
        Traveller.objects.filter(pk__in=left).update(state=Traveller.State.LEFT, because="merged")
        highest = Traveller.objects.filter(person=into).aggregate(most=Max("turn"))["most"] or 0
        by = TURNS * (highest // TURNS + 1)
        Traveller.objects.filter(pk__in=taken).update(person=into, turn=F("turn") + by)
        return {"taken": taken, "left": left, "by": by}

    def part(self, person: int, into: int, before: State) -> None:
        """Give them back; whoever left for the merge alone goes on."""
        by = before.get("by", TURNS)
        taken = Traveller.objects.filter(pk__in=before["taken"], person=into, turn__gt=by)
        taken.update(person=person, turn=F("turn") - by)
        left = Traveller.objects.filter(pk__in=before["left"], because="merged")
        left.update(state=Traveller.State.GOING, because="")
