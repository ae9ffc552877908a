"""Steps on what is known of somebody: a tag, an attribute, an audience by hand. And one that counts."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from zoco.mail.journeys import there
from zoco.mail.journeys.kinds import KINDS, Goes, Kind, Settings, StepWrong, Visit
from zoco.people.attributes import Value, ValueWrong, value_read
from zoco.people.audiences.services import members_add, members_remove
from zoco.people.editing import TAG_LONGEST, Hand, person_change, tag_add, tag_remove
from zoco.people.models import Audience, Tagged

ADD, REMOVE = "add", "remove"


def _hand(visit: Visit) -> Hand:
    return Hand(at=visit.now, name=visit.traveller.journey.name)


@KINDS.plug
class TagStep(Kind):
    """Gives a tag, or takes it away."""

    key = "tag"
    label = pgettext_lazy("step of a journey", "Tag")

    def check(self, settings: Settings) -> None:
        """Refuse a tag without a name."""
        name = settings.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > TAG_LONGEST:
            words = gettext_noop("A tag has a name of at most %(most)s characters.")
            raise StepWrong(words, most=TAG_LONGEST)
        _check_deed(settings)

    def work(self, visit: Visit) -> Goes:
        """Do it, unless it is so already."""
        name = visit.settings["name"].strip()
        has = Tagged.objects.filter(person=visit.person, tag__name=name).exists()
        if visit.settings.get("do", ADD) == ADD and not has:
            tag_add(person=visit.person, name=name, hand=_hand(visit))
        elif visit.settings.get("do", ADD) == REMOVE and has:
            tag_remove(person=visit.person, name=name, hand=_hand(visit))
        return Goes()


@KINDS.plug
class AttributeStep(Kind):
    """Sets an attribute, or empties it."""

    key = "attribute"
    label = _("Set an attribute")

    def check(self, settings: Settings) -> None:
        """Refuse an attribute that is not there, and a value that is none of its kind."""
        attribute_value(settings)

    def work(self, visit: Visit) -> Goes:
        """Set it."""
        key = visit.settings["key"]
        value = attribute_value(visit.settings)
        person_change(person=visit.person, fields={}, attributes={key: value}, hand=_hand(visit))
        return Goes()


def attribute_value(settings: Settings) -> Value | None:
    """Return the value that a step sets, None to empty it. Raises StepWrong."""
    attribute = there.attribute(settings.get("key"))
    if attribute is None:
        raise StepWrong(gettext_noop("Choose an attribute that there is."))
    value = settings.get("value")
    if value in (None, ""):
        return None
    try:
        return value_read(attribute.kind, value, choices=attribute.choices)
    except ValueWrong as wrong:
        raise StepWrong(wrong.words, **wrong.places) from wrong


@KINDS.plug
class AudienceStep(Kind):
    """Puts somebody into an audience that is kept by hand, or takes him out."""

    key = "audience"
    label = _("Put into an audience")

    def check(self, settings: Settings) -> None:
        """Refuse an audience that nobody can be put into."""
        found = there.audience(settings.get("key"))
        if found is None or found.kind != Audience.Kind.STATIC:
            raise StepWrong(gettext_noop("Choose an audience that is kept by hand."))
        _check_deed(settings)

    def work(self, visit: Visit) -> Goes:
        """Do it."""
        audience = Audience.objects.get(pk=visit.settings["key"])
        act = members_add if visit.settings.get("do", ADD) == ADD else members_remove
        act(audience=audience, people=[visit.person.pk], at=visit.now)
        return Goes()


@KINDS.plug
class GoalStep(Kind):
    """Counts whoever comes here. It is no goal: nobody who is held out could ever reach it."""

    key = "goal"
    label = pgettext_lazy("step of a journey", "Count who comes here")


@KINDS.plug
class EndStep(Kind):
    """Here the journey ends."""

    key = "end"
    label = _("End")

    def ways(self, settings: Settings) -> Sequence[str]:
        """Return none."""
        return ()


def _check_deed(settings: Settings) -> None:
    if settings.get("do", ADD) not in {ADD, REMOVE}:
        raise StepWrong(gettext_noop("Say whether it is added or removed."))
