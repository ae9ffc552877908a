"""Proofs that are of no body: Mailgun signs a moment and a random word, not what is told with them.

So whoever saw one such request could tell anything with it. It is good for a while only, and for once:
whoever hears it keeps what is returned here.
"""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from zoco.channels.contract import ListenRefused

OLDEST = timedelta(hours=12)
"""They try again for about eight hours: documentation.mailgun.com, user manual, webhook retries."""
AHEAD = timedelta(minutes=5)
"""By so much may their clock be before ours."""
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
        raise ListenRefused(gettext_noop("It is not signed as it should be, or cannot be read."))
    age = now.timestamp() - int(moment)
    if not -AHEAD.total_seconds() <= age <= OLDEST.total_seconds():
        raise ListenRefused(gettext_noop("It was signed too long ago, or by a clock that is wrong."))
    return hashlib.sha256(f"{moment}{word}".encode()).hexdigest()
