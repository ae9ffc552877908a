"""Proofs that are of no body: Mailgun signs a moment and a random word, not what is told with them.

So whoever saw one such request could tell anything with it. It is good for a while only, and for once:
whoever hears it keeps what is returned here.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from zoco.channels.contract import ListenRefused
from zoco.channels.mailing.api import AHEAD, NOT_SIGNED, TOO_OLD

OLDEST = timedelta(hours=12)
"""They try again for about eight hours: documentation.mailgun.com, user manual, webhook retries."""
LONGEST = 12


def mailgun_once(request: HttpRequest, *, now: datetime) -> str:
    """Return what a proved request is known by. Raises ListenRefused where it was signed too long ago.

    It is made of the moment and the word as one, as they are signed: they can be parted elsewhere.
    """
    if request.content_type == "application/json":
        block: Any = json.loads(request.body)["signature"]
    else:
        block = request.POST
    moment, word = str(block["timestamp"]), str(block["token"])
    if not (moment.isascii() and moment.isdigit() and len(moment) <= LONGEST):
        raise ListenRefused(NOT_SIGNED)
    age = now.timestamp() - int(moment)
    if not -AHEAD.total_seconds() <= age <= OLDEST.total_seconds():
        raise ListenRefused(TOO_OLD)
    return hashlib.sha256(f"{moment}{word}".encode()).hexdigest()
