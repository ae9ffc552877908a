"""What becomes of answers when two people turn out to be one: the survivor has both, also of one survey."""

from zoco.ledger import sitebook
from zoco.people.merging import MERGERS, State
from zoco.surveys.models import Response


@MERGERS.plug
class SurveyMerger:
    """Answers go to whom somebody is merged into; where both answered a survey, both answers stay."""

    key = "surveys"

    def merge(self, person: int, into: int) -> State:
        """Hand them over."""
        with sitebook.everything():
            mine = list(Response.objects.select_for_update().filter(person=person).order_by("pk"))
            theirs = Response.objects.filter(person=into, who=f"p{into}")
            both = set(theirs.values_list("survey", flat=True))
            before = {str(each.pk): each.who for each in mine}
            for each in mine:
                each.who = f"m{each.pk}" if each.survey_id in both else f"p{into}"
                both.add(each.survey_id)
                each.person_id = into
            Response.objects.bulk_update(mine, ["who", "person"], batch_size=200)
        return {"taken": before}

    def part(self, person: int, into: int, before: State) -> None:
        """Give them back."""
        with sitebook.everything():
            for key, who in before["taken"].items():
                Response.objects.filter(pk=int(key), person=into).update(person=person, who=who)
