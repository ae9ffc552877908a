"""The structured parts of reports: delivery status (RFC 3464), feedback (RFC 5965).

Servers break the blocks of RFC 3464 in many ways: blank lines inside, no type before an address, the fields
in a text part. So a block without a name belongs to the one before it, and a second name begins a new one.
"""

import re
from dataclasses import dataclass

from zoco.mail.answers.mime import Fields, Message, fields_of
from zoco.mail.answers.smtp import address_of, status_in

STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
FEEDBACK_TYPE = "message/feedback-report"
RECEIPT_TYPES = {"message/disposition-notification", "message/global-disposition-notification"}
RECIPIENTS_MOST = 100
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_NAMING = {"final-recipient", "original-recipient"}


@dataclass(frozen=True, slots=True)
class Reported:
    """What a delivery status says of one recipient."""

    address: str
    final_address: str
    action: str
    status: str
    diagnostic: str
    remote_mta: str


def reported(message: Message) -> list[Reported]:
    """Return what the delivery status of a message says, one entry a recipient."""
    for part in message.parts:
        if part.type in STATUS_TYPES:
            found = [entry for block in _blocks(part.text) if (entry := _entry(block))]
            if found:
                return found[:RECIPIENTS_MOST]
    for part in message.parts:
        if "final-recipient:" in part.text.lower() and "action:" in part.text.lower():
            text = _QUOTED.sub("", part.text)
            found = [entry for block in _blocks(text) if (entry := _entry(block))]
            if found:
                return found[:RECIPIENTS_MOST]
    return []


def _blocks(text: str) -> list[Fields]:
    """Return the fields of each recipient."""
    blocks: list[list[tuple[str, str]]] = []
    for paragraph in text.split("\n\n"):
        pairs = fields_of(paragraph).pairs
        names = {name for name, _value in pairs}
        if blocks and not names & _NAMING and names & {"action", "status", "diagnostic-code"}:
            blocks[-1] += pairs
        elif names & _NAMING:
            blocks += _parted(pairs)
    return [Fields(tuple(block)) for block in blocks]


def _parted(pairs: tuple[tuple[str, str], ...]) -> list[list[tuple[str, str]]]:
    """Part the fields of several recipients that no blank line parts."""
    blocks: list[list[tuple[str, str]]] = [[]]
    named: set[str] = set()
    is_told = False
    for pair in pairs:
        if pair[0] in _NAMING:
            if pair[0] in named or is_told:
                blocks.append([])
                named, is_told = set(), False
            named.add(pair[0])
        elif pair[0] in {"action", "status"} and named:
            is_told = True
        blocks[-1].append(pair)
    return blocks


def _entry(block: Fields) -> Reported | None:
    final, original = address_of(block.get("final-recipient")), address_of(block.get("original-recipient"))
    actual = address_of(block.get("x-actual-recipient"))
    address = next((each for each in (original, final, actual) if "@" in each), final or original)
    if not address:
        return None
    diagnostics = [_after_type(value) for value in block.all("diagnostic-code")]
    remote = block.get("remote-mta")
    return Reported(
        address=address,
        final_address=final,
        action=block.get("action").partition(" ")[0].partition("(")[0].strip(" ;.").lower(),
        status=status_in(block.get("status")),
        diagnostic=" ".join(diagnostics).strip()[:2000],
        remote_mta=_after_type(remote).strip()[:255],
    )


def _after_type(value: str) -> str:
    """Return what stands after a type such as `smtp;` or `x-postfix;`."""
    kind, semicolon, rest = value.partition(";")
    return rest if semicolon and len(kind) < 30 and " " not in kind.strip() else value


def feedback(message: Message) -> Fields | None:
    """Return the fields of a feedback report (RFC 5965), None where there is none."""
    for part in message.parts:
        if part.type == FEEDBACK_TYPE or (
            message.report_type == "feedback-report" and "feedback-type:" in part.text[:4000].lower()
        ):
            return fields_of(part.text.strip("\n").replace("\n\n", "\n"))
    return None


def is_receipt(message: Message) -> bool:
    """Tell whether a message says that a letter was read or deleted (RFC 8098)."""
    return any(part.type in RECEIPT_TYPES for part in message.parts)
