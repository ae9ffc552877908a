"""At which command of the dialogue a letter was refused, as far as a report tells."""

from enum import StrEnum

SAID_MOST = 4000


class Stage(StrEnum):
    """A command of SMTP; UNKNOWN where nothing is told."""

    UNKNOWN = "unknown"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


_WORDS = (
    # Postfix (https://www.postfix.org/bounce.5.html) and Exim (spec, chapter 49) name the command.
    ("in reply to rcpt", Stage.RCPT),
    ("after rcpt to", Stage.RCPT),
    ("after pipelined rcpt", Stage.RCPT),
    ("in reply to mail from", Stage.MAIL),
    ("after mail from", Stage.MAIL),
    ("after pipelined mail", Stage.MAIL),
    ("in reply to end of data", Stage.DATA),
    ("in reply to data", Stage.DATA),
    ("after end of data", Stage.DATA),
    ("after pipelined end of data", Stage.DATA),
    ("after data", Stage.DATA),
    # Yahoo puts the command behind the words.
    ("[rcpt to]", Stage.RCPT),
    ("[rcpt_to]", Stage.RCPT),
    ("[mail_from]", Stage.MAIL),
    ("[body]", Stage.DATA),
    # Oracle's Messaging Server: "rejected address" at RCPT, this later.
    ("smtp transmission failure has occurred", Stage.DATA),
)
_COMMANDS = (("mail from", Stage.MAIL), ("rcpt to", Stage.RCPT), ("data", Stage.DATA))
_NOT_DATA = ("need rcpt", "no valid recipients", "503 ", "554 5.5.1")


def stage_of(said: str) -> Stage:
    """Return the stage of the refusal that a text tells of."""
    low = " ".join(said[:SAID_MOST].lower().split())
    for words, stage in _WORDS:
        if words in low:
            return Stage.RCPT if stage is Stage.DATA and "lmtp" in low else stage
    return _by_transcript(low)


def _by_transcript(low: str) -> Stage:
    """Return the command (`>>>`) before the first refusal (`<<<`) in a transcript such as Sendmail's."""
    before, arrow, after = low.partition("<<< 5")
    if not arrow or ">>>" not in before:
        return Stage.UNKNOWN
    command = before.rpartition(">>>")[2].strip()
    stage = next((stage for words, stage in _COMMANDS if command.startswith(words)), Stage.UNKNOWN)
    # With pipelining the answer to RCPT comes after DATA was sent; then DATA itself is refused as well.
    if stage is Stage.DATA and any(words in after for words in _NOT_DATA):
        return Stage.RCPT
    return stage
