"""On a person's page: until when somebody is away, as an automatic reply said."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy

from zoco.ledger.pictures import formats
from zoco.mail.inbox.models import Arrival
from zoco.people.models import Person
from zoco.people.panels import PANELS


@PANELS.plug
class AwayPanel:
    """The days of the last automatic reply that named any, until they are over."""

    key = "away"
    label = gettext_lazy("Absence")
    permission = "zoco_mail.view_reply"
    template = "zoco/mail/inbox/away.html"

    def values(self, person: Person, *, at: datetime) -> Mapping[str, object]:
        """Look at what came in; one that does not say until when is not known to hold on."""
        rows = Arrival.objects.filter(person=person.pk, kind=Arrival.Kind.AUTO_REPLY)
        last = rows.filter(Q(away_since__isnull=False) | Q(away_until__isnull=False)).order_by("-pk").first()
        if last is None or last.away_until is None or last.away_until < at.date():
            return {}
        since = formats.day(last.away_since) if last.away_since else ""
        return {"since": since, "until": formats.day(last.away_until), "read_at": last.at}
