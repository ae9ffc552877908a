"""What is answered in the words of OFREP (OpenFeature Remote Evaluation Protocol, version 0.1): JSON, ETag.

Nothing of what was asked is ever said back but the key of the flag, which is checked before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from zoco.trials.deciding import Decision
from zoco.trials.designs import KEY

BODY_BYTES = 16_384
KEY_LONGEST = 1_024
FLAGS_MOST = 100
PROPS_MOST = 50
NO_SUCH = "No trial or flag of this site has this key."


class AskedWrong(ValueError):
    """The request cannot be answered: `code` is OFREP's, the message says why."""

    def __init__(self, code: str, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.code, self.status = code, status


class _Asked(msgspec.Struct):
    context: dict[str, Any] | None = None


class _Targeted(msgspec.Struct):
    # Optional in OpenFeature; providers whose language knows no absence write null where none was given.
    targetingKey: str | int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a request is about: its targeting key, "" for none, and what else it says of him, as text."""

    targeting: str
    props: dict[str, str]


def asked(request: HttpRequest) -> Asked:
    """Return what a request asks. Raises AskedWrong."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_BYTES:
        raise AskedWrong("INVALID_CONTEXT", f"A request has at most {BODY_BYTES} bytes.", 413)
    body = request.body
    if len(body) > BODY_BYTES:
        raise AskedWrong("INVALID_CONTEXT", f"A request has at most {BODY_BYTES} bytes.", 413)
    try:
        context = msgspec.json.decode(body or b"{}", type=_Asked).context or {}
        given = msgspec.convert(context, _Targeted).targetingKey
        targeting = "" if given is None else str(given)
    except (msgspec.ValidationError, RecursionError) as error:
        raise AskedWrong("INVALID_CONTEXT", f"The context cannot be read: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise AskedWrong("PARSE_ERROR", "The request is no JSON.") from None
    if len(targeting) > KEY_LONGEST:
        raise AskedWrong("INVALID_CONTEXT", f"A targeting key has at most {KEY_LONGEST} characters.")
    told = {name: _text(value) for name, value in list(context.items())[:PROPS_MOST]}
    return Asked(targeting, {name: value for name, value in told.items() if value is not None})


def _text(value: Any) -> str | None:
    """Return a property as rules compare it; None for what no rule compares."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:KEY_LONGEST] if isinstance(value, str | int | float) else None


def one(decision: Decision) -> HttpResponse:
    """Answer with one flag."""
    return _json(_flag(decision))


def many(request: HttpRequest, decisions: Iterable[Decision]) -> HttpResponse:
    """Answer with all flags; 304 where the asker has the same already."""
    body = msgspec.json.encode({"flags": [_flag(each) for each in decisions]})
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if tag in [each.strip() for each in request.headers.get("If-None-Match", "")[:1_000].split(",")]:
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag})


def wrong(error: AskedWrong, key: str = "") -> HttpResponse:
    """Say why a request cannot be answered."""
    said = {"errorCode": error.code, "errorDetails": str(error)}
    return _json(said | ({"key": key} if KEY.fullmatch(key) else {}), error.status)


def late(seconds: int) -> HttpResponse:
    """Say that it is too much, and when to ask again."""
    answer = _json({"errorDetails": f"Too many requests; ask again in {seconds} seconds."}, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _flag(decision: Decision) -> dict[str, Any]:
    return {
        "key": decision.trial,
        "value": decision.value,
        "variant": decision.arm,
        "reason": decision.reason.value,
        "metadata": {"counts": decision.counts, "control": decision.is_control},
    }


def _json(value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json", status=status)
