"""`GET /e.gif`: a page view of browsers without scripts, as an image that is there when the fact is.

    <noscript><img src="/e.gif" alt=""></noscript>

`u` is the address of the page (else the image's own referrer), `r` what led there, `t` the title.
"""

from urllib.parse import parse_qs

import msgspec

from zoco.collector.live import answers
from zoco.collector.live.answers import Answer

ENDING = ".gif"
FIELDS_MOST = 10
# One transparent pixel.
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
SHOWN = Answer(
    200, (*answers.COMMON, ("content-type", "image/gif"), ("x-content-type-options", "nosniff")), GIF
)


def facts_of(query: str, referer: str) -> bytes:
    """Return the body that a tracker would have sent."""
    try:
        asked = parse_qs(query, max_num_fields=FIELDS_MOST)
    except ValueError:
        asked = {}
    said = {"url": "u", "referrer": "r", "title": "t"}
    fact = {field: asked[name][0] for field, name in said.items() if name in asked}
    return msgspec.json.encode({"url": referer} | fact)


def answer_to(answer: Answer) -> Answer:
    """Return the image when the fact is on the disk, else why it is not."""
    return SHOWN if answer is answers.WRITTEN else answer
