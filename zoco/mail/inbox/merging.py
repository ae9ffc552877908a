"""What happens to answers when two people turn out to be one: they are the survivor's."""

from zoco.mail.inbox.models import Arrival, Reply
from zoco.people.merging import MERGERS, State


@MERGERS.plug
class AnswerMerger:
    """Answers and replies go over, and back."""

    key = "mail"

    def merge(self, person: int, into: int) -> State:
        """Move them."""
        moved: State = {}
        for name, model in (("arrivals", Arrival), ("replies", Reply)):
            moved[name] = list(
                model.objects.filter(person=person).order_by("pk").values_list("pk", flat=True)
            )
            model.objects.filter(pk__in=moved[name]).update(person=into)
        return moved

    def part(self, person: int, into: int, before: State) -> None:
        """Move back those that are still there."""
        for name, model in (("arrivals", Arrival), ("replies", Reply)):
            model.objects.filter(pk__in=before[name], person=into).update(person=person)
