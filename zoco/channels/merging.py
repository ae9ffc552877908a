"""What happens to messages when two people turn out to be one: they are the survivor's."""

from collections.abc import Collection

from zoco.channels.models import Message
from zoco.consent.merging import contacts_hold
from zoco.people.merging import MERGERS, State


@MERGERS.plug
class MessageMerger:
    """Messages go over with their fates, and back."""

    key = "channels"

    def hold(self, people: Collection[int]) -> None:
        """Lock their messages in order of their keys, after what whoever claims messages locks first."""
        contacts_hold(people)
        held = Message.objects.select_for_update(no_key=True).filter(person__in=people)
        list(held.order_by("pk").values_list("pk"))

    def merge(self, person: int, into: int) -> State:
        """Move them."""
        moved = list(Message.objects.filter(person=person).order_by("pk").values_list("pk", flat=True))
        Message.objects.filter(pk__in=moved).update(person=into)
        return {"messages": moved}

    def part(self, person: int, into: int, before: State) -> None:
        """Move back those that are still there."""
        Message.objects.filter(pk__in=before["messages"], person=into).update(person=person)
