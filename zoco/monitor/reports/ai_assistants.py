"""AI assistants: which of them send people, to which page, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from zoco.ledger.asking.filters import Filter
from zoco.ledger.expr import Table
from zoco.ledger.report import REPORTS, Dimension, Params
from zoco.monitor.reports.touches import ByTouch

if TYPE_CHECKING:
    from zoco.ledger.scope import Facts

FROM_ASSISTANTS = Filter("channel", "is", ("ai_assistant",))


@REPORTS.plug
class AiAssistants(ByTouch):
    """One row for each assistant and entry page."""

    key = "ai-assistants"
    label = _("AI assistants")
    question = _("Which AI assistants send people, to which pages, and what comes of it?")
    dimensions = (
        Dimension("source", _("Assistant"), "text", "source"),
        Dimension("landing", _("Entry page"), "path", "landing"),
    )
    position = 82

    def behind(self, facts: Facts) -> Table:
        """Return what is behind the figures, of visits from assistants."""
        return super().behind(_from_assistants(facts))

    def query(self, facts: Facts, params: Params) -> Table:
        return super().query(_from_assistants(facts), params)


def _from_assistants(facts: Facts) -> Facts:
    return replace(facts, filters=(*facts.filters, FROM_ASSISTANTS))
