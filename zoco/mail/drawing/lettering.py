"""Letters for a journey that is drawn already: written as those of the gallery, and set into its steps."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zoco.consent.models import Topic
from zoco.mail.drawing.ready import Graph, Ready
from zoco.mail.editing.gallery import ready as gallery
from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import site_usual, topic_usual
from zoco.mail.journeys.models import Journey

MAY_WRITE = "zoco_mail.add_letter"


class LettersForm(forms.Form):
    """Whether a journey begins with letters, and what these are about."""

    letters = forms.BooleanField(
        label=_("Write its letters from ready ones"),
        required=False,
        initial=True,
        help_text=_("They stand in its steps at once; change their words before the journey starts."),
    )
    topic = forms.ChoiceField(
        label=pgettext_lazy("letter", "Topic"),
        required=False,
        help_text=_("Of advertising: who did not agree to it is left out."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        topics = list(Topic.objects.order_by("label", "id").values_list("key", "label"))
        topic: Any = self.fields["topic"]
        topic.choices = [("", _("no topic: all advertising")), *topics]
        topic.initial = topic_usual()


@transaction.atomic
def letters_begin(*, journey: Journey, ready: Ready, topic: str, at: datetime, by: User | None) -> Graph:
    """Write a letter for each step that wants one; returns what is drawn with them in it."""
    graph = deepcopy(ready.graph)
    language = translation.get_language() or gallery.TONGUES[0]
    for number, step in enumerate(_steps(graph, ready), 1):
        found = gallery.ready_of(ready.letters[step])
        if found is None:
            continue
        letter = Letter(
            name=f"{journey.name[:80]} {number}: {found.label}"[:120],
            purpose=found.purpose,
            topic=topic if found.purpose == "marketing" else "",
            site=site_usual(),
        )
        gallery.letter_begin(letter=letter, ready=found, languages=[language], at=at, by=by)
        graph["steps"][step]["settings"] = {"letter": letter.pk}
    return graph


def _steps(graph: Graph, ready: Ready) -> Iterable[str]:
    return [
        name for name, step in graph["steps"].items() if step["kind"] == "letter" and name in ready.letters
    ]
