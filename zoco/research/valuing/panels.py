"""On a person's page: what somebody is expected to buy in the next year, as the last studies found."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy

from zoco.ledger import sitebook
from zoco.ledger.pictures import formats, moments
from zoco.people.models import Person
from zoco.people.panels import PANELS
from zoco.research.models import Outcome, Study
from zoco.research.opening import SEE
from zoco.research.valuing.choosing import MODELS
from zoco.research.valuing.screens import is_far_off, worth_said


@PANELS.plug
class ValuePanel:
    """A line for each site of which there is a study that knows this person."""

    key = "value"
    label = gettext_lazy("Customer value")
    permission = SEE
    template = "zoco/research/panel.html"

    def values(self, person: Person, *, at: datetime) -> Mapping[str, object]:
        """Read what was found; older studies keep nothing of people."""
        done = Outcome.objects.filter(
            person=person, study__kind=Study.Kind.VALUE, study__state=Study.State.DONE
        )
        names = {each.id: each.name for each in sitebook.sites()}
        rows = done.select_related("study").order_by("study__site", "-study")
        return {
            "rows": [
                {
                    "site": names.get(each.study.site_id, ""),
                    "alive": formats.percent(each.alive or 0.0),
                    "purchases": formats.decimal(each.purchases or 0.0, 2),
                    "value": worth_said(each, each.study.found["basis"]["currency"]),
                    "is_far_off": is_far_off(each.study.found["holdout"] or {}),
                    "model": MODELS[each.study.found["model"]].name,
                    "made": moments.said(each.study.until_at),
                }
                for each in rows
            ]
        }
