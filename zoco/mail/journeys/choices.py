"""Steps that part people: by what is known of them, or by chance."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from zoco.mail.journeys import there
from zoco.mail.journeys.kinds import KINDS, Goes, Kind, Settings, StepWrong, Visit
from zoco.mail.journeys.waits import NO, YES, fact_checked
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.models import Audience, Tagged
from zoco.trials import facts
from zoco.trials.assigning import Arm, ArmsWrong, arm_of

ARMS_MOST = 5
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda has, said: str(has).casefold() == str(said).casefold(),
    "is_not": lambda has, said: str(has).casefold() != str(said).casefold(),
    "contains": lambda has, said: str(said).casefold() in str(has).casefold(),
    "at_least": lambda has, said: _number(has) is not None and _number(has) >= _number(said),  # type: ignore[operator]
    "at_most": lambda has, said: _number(has) is not None and _number(has) <= _number(said),  # type: ignore[operator]
    "is_there": lambda has, _said: has not in (None, "", [], {}),
}
OF = ("audience", "tag", "attribute", "data", "fact")
OWN = ("language", "country", "city", "zone", "given_name", "family_name", "name")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


@KINDS.plug
class Branch(Kind):
    """Yes or no: an audience, a tag, an attribute, what the entry brought, a fact since the entry."""

    key = "branch"
    label = _("Branch by what is known")

    def check(self, settings: Settings) -> None:
        """Refuse a question that cannot be answered."""
        of = settings.get("of")
        if of not in OF:
            raise StepWrong(gettext_noop("Choose what the branch asks for."))
        if of in {"audience", "tag"} and not isinstance(settings.get("key"), int):
            raise StepWrong(gettext_noop("Choose an audience or a tag."))
        if of == "audience" and there.audience(settings["key"]) is None:
            raise StepWrong(gettext_noop("The audience of a branch is not there any more; choose another."))
        if of == "fact":
            fact_checked(settings)
        if of in {"attribute", "data"}:
            self._check_compared(settings)

    def _check_compared(self, settings: Settings) -> None:
        if not isinstance(settings.get("key"), str) or not settings["key"]:
            raise StepWrong(gettext_noop("Say which field the branch looks at."))
        how = settings.get("how", "is")
        if how not in COMPARED:
            raise StepWrong(gettext_noop("Say how the field is compared."))
        if how in {"at_least", "at_most"} and _number(settings.get("value")) is None:
            raise StepWrong(gettext_noop("Compare it with a number."))

    def ways(self, settings: Settings) -> Sequence[str]:
        """Return both."""
        return (YES, NO)

    def facts(self, settings: Settings) -> Sequence[str]:
        """Return the one that is asked for."""
        return (str(settings["fact"]),) if settings.get("of") == "fact" and settings.get("fact") else ()

    def work(self, visit: Visit) -> Goes:
        """Answer it."""
        return Goes(YES if self._holds(visit) else NO)

    def _holds(self, visit: Visit) -> bool:
        settings, person = visit.settings, visit.person
        match settings["of"]:
            case "audience":
                audience = Audience.objects.filter(pk=settings["key"]).first()
                return audience is not None and person.pk in unpacked(audience.members)
            case "tag":
                return Tagged.objects.filter(person=person, tag=settings["key"]).exists()
            case "fact":
                return settings["fact"] in visit.traveller.seen
            case "attribute":
                key = settings["key"]
                has = getattr(person, key) if key in OWN else person.attributes.get(key)
            case _:
                has = visit.traveller.data.get(settings["key"])
        return COMPARED[settings.get("how", "is")](has, settings.get("value"))


@KINDS.plug
class Split(Kind):
    """Parts people by chance, so that what is better can be seen; each sees the same arm for ever."""

    key = "split"
    label = _("Split by chance")

    def check(self, settings: Settings) -> None:
        """Refuse arms that cannot be."""
        arms = settings.get("arms")
        if not isinstance(arms, dict) or not 2 <= len(arms) <= ARMS_MOST:
            raise StepWrong(gettext_noop("A split has two to five arms with weights."))
        try:
            arm_of("check", 1, arms_of(settings))
        except (ArmsWrong, TypeError, ValueError, OverflowError) as wrong:
            raise StepWrong(gettext_noop("A split has two to five arms with weights.")) from wrong

    def ways(self, settings: Settings) -> Sequence[str]:
        """Return the arms."""
        return tuple(map(str, settings.get("arms") or ()))

    def work(self, visit: Visit) -> Goes:
        """Give the arm, and tell that it was given."""
        trial = f"{visit.traveller.journey.trial}.{visit.row.step}"
        arm = arm_of(trial, visit.person.number, arms_of(visit.settings))
        facts.shown(trial=trial, seen=[(visit.person.number, arm)], at=visit.now, kind="journey")
        return Goes(arm)


def arms_of(settings: Settings) -> list[Arm]:
    """Return the arms of a split, in their order."""
    return [Arm(str(key), float(weight)) for key, weight in settings["arms"].items()]
