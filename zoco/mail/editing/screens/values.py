"""What a field of a block says: read from a form, and shown in one."""

import re
from html import escape
from typing import Any

import nh3
from django.http import QueryDict

from zoco.mail.letters.bounds import tags_fit
from zoco.mail.letters.drafts import Value, many, text_of
from zoco.mail.letters.fields import Field
from zoco.mail.letters.filters import SCHEMES
from zoco.mail.letters.writing import RICH_TAGS

_TAG = re.compile(rf"</?(?:{'|'.join(sorted(RICH_TAGS))})\b[^<>]*>", re.I)


def value_read(field: Field, posted: QueryDict, name: str) -> Any:
    """Return what a form says of a field, as a block keeps it."""
    text = posted.get(name, "").replace("\r\n", "\n").replace("\0", "").strip()
    match field.kind:
        case "flag":
            return name in posted
        case "rich":
            return rich(text)
        case "pixels":
            return int(text) if text.isdecimal() and len(text) < 6 else None
        case "choice":
            return next((key for key, _label in field.choices if str(key) == text), field.initial)
        case "links":
            return [_link(line) for line in text.split("\n") if line.strip()]
        case "lines":
            return text
    return text.replace("\n", " ")


def value_shown(field: Field, said: Value) -> Any:
    """Return what a form shows of a field."""
    found = said.get(field.name, field.initial)
    match field.kind:
        case "flag":
            return bool(found)
        case "rich":
            return rich(text_of(said, field.name))
        case "choice":
            return str(field.initial if found is None else found)
        case "links":
            lines = [f"{text_of(each, 'text')} {text_of(each, 'link')}" for each in many(said, field.name)]
            return "\n".join(line.strip() for line in lines)
    return "" if found is None else str(found)


def rich(text: str) -> str:
    """Return what somebody wrote as clean paragraphs; plain lines become such."""
    if not _TAG.search(text) or not tags_fit(text):
        paragraphs = [each.strip() for each in re.split(r"\n\s*\n", text) if each.strip()]
        return "".join(f"<p>{escape(each, quote=False).replace(chr(10), '<br>')}</p>" for each in paragraphs)
    return nh3.clean(
        text, tags=RICH_TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None
    ).strip()


def _link(line: str) -> dict[str, str]:
    """Read words and an address, which is the last of a line."""
    words, _space, address = line.strip().rpartition(" ")
    return {"text": words.strip() or address, "link": address}
