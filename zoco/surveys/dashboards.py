"""The overview of surveys: scores over time, what was answered to which question, and which options."""

from django.utils.translation import gettext_lazy as _

from zoco.ledger.views.dashboards import DASHBOARDS, Dashboard

DASHBOARDS.add(
    Dashboard(
        key="surveys",
        area="research",
        label=_("What people say"),
        question=_("How satisfied are people, and what do they answer?"),
        head="surveys-over-time",
        panels=((("surveys",), ("surveys-options",)),),
        position=30,
    )
)
