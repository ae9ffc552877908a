"""What a provider tells of openings and clicks: counted where our own image and links are not."""

from datetime import datetime

from django.http import HttpRequest

from zoco.channels import contract
from zoco.channels.contract import Heard
from zoco.channels.models import Message
from zoco.mail.counting.conf import COUNT_CLICKS, COUNT_OPENS
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.counting.signs import PRIVACY, signs_of
from zoco.mail.editing.prints import Copy
from zoco.mail.sending.models import Leg

LANGUAGE = "HTTP_ACCEPT_LANGUAGE"


def look_told(message: Message, heard: Heard, at: datetime) -> None:
    """Keep a look at a letter as our own are kept, to be judged; nothing where we count it ourselves."""
    is_click = heard.told == contract.Told.CLICKED
    kept = _kept_under(message)
    if kept is None or (kept[1] and (COUNT_CLICKS() if is_click else COUNT_OPENS())):
        return
    links = (
        LetterLink.objects.filter(batch=kept[0], address=heard.url) if is_click else LetterLink.objects.none()
    )
    language, number = links.order_by("pk").values_list("language", "number").first() or ("", 0)
    Look.objects.create(
        message=message,
        batch=kept[0],
        kind=Look.Kind.CLICK if is_click else Look.Kind.OPEN,
        language=language,
        number=number,
        at=min(heard.seen_at or at, at),
        signs="\n".join(_signs(heard))[:200],
    )


def _kept_under(message: Message) -> tuple[int, bool] | None:
    """Return the number of the batch or print of a letter, and whether it counts itself; None: no letter."""
    if message.batch_id is not None:
        leg = Leg.objects.filter(batch=message.batch_id).values_list("batch", "is_counted").first()
        return None if leg is None else (int(leg[0]), bool(leg[1]))
    copy = Copy.objects.filter(message=message).select_related("print").defer("print__draft").first()
    return None if copy is None else (copy.print.number, copy.print.is_counted)


def _signs(heard: Heard) -> tuple[str, ...]:
    """Return what the provider says of who asked, as signs of a request; it passes no address on to here."""
    if not heard.agent:
        return (PRIVACY + heard.machine,) if heard.machine else ()
    request = HttpRequest()
    request.META.update({"HTTP_USER_AGENT": heard.agent, "REMOTE_ADDR": "", LANGUAGE: "*"})
    found = signs_of(request)
    return (PRIVACY + heard.machine, *found) if heard.machine else found
