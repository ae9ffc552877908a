"""Reading 269 real messages that came back: the figures by halves, and messages a second, beside others.

The references run in the same process on the same messages: the simple rule "every 5.x.x is a dead
address" on what the standard library's parser finds, and flufl.bounce where it is installed.
Run: `.venv/bin/python -m benchmarks.bounces [folder of the messages] [rounds]`
"""

import importlib
import re
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from zoco.mail.answers.reading import read
from zoco.mail.tests.test_measured import FOLDER, is_seen, labels

Judge = Callable[[bytes], list[bool]]
_PERMANENT = re.compile(rb"\b5\.\d{1,3}\.\d{1,3}\b")
_REPLY = re.compile(rb"(?m)^\W*5\d\d[ -]")


def ours(message: bytes) -> list[bool]:
    """Return for each recipient whether he is called hard."""
    return [failure.is_hard for failure in read(message).failures]


def simple(message: bytes) -> list[bool]:
    """Call hard whoever has a status of 5; without a status, everybody where the text has a 5xx."""
    parsed = message_from_bytes(message)
    found = []
    for part in parsed.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if isinstance(block, Message) and "Final-Recipient" in block:
                    found.append(str(block.get("Status", "")).strip().startswith("5"))
    return found or [bool(_PERMANENT.search(message) or _REPLY.search(message))]


def flufl() -> Judge | None:
    """Return flufl.bounce's verdict, whose "permanent" means hard; None where it is not installed."""
    try:
        scan = importlib.import_module("flufl.bounce").all_failures
    except ImportError:
        return None

    def judge(message: bytes) -> list[bool]:
        _temporary, permanent = scan(message_from_bytes(message))
        return [True] * len(permanent)

    return judge


def figures(judge: Judge, messages: dict[str, bytes]) -> tuple[int, int, int, int, float]:
    """Return dead, dead called hard, good, good called hard, and the seconds that it took."""
    dead = dead_hard = good = good_hard = 0
    seconds = 0.0
    said = labels()
    for name, message in messages.items():
        began = time.perf_counter()
        found = judge(message)
        seconds += time.perf_counter() - began
        for index, entry in enumerate(said[name]):
            is_hard = any(found) if len(said[name]) == 1 else index < len(found) and found[index]
            dead += entry["hard"]
            dead_hard += entry["hard"] and is_hard
            good += not entry["hard"]
            good_hard += not entry["hard"] and is_hard
    return dead, dead_hard, good, good_hard, seconds


def main() -> int:
    """Print a table: judge by half."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    if not folder.is_dir():
        print(f"There are no messages in {folder}; give their folder.")
        return 1
    everything = {name: (folder / "messages" / name).read_bytes() for name in labels()}
    judges: dict[str, Judge | None] = {"Zoco": ours, "5.x.x is hard": simple, "flufl.bounce": flufl()}
    print(f"{'judge':<16}{'half':<12}{'hard recall':>16}{'good called hard':>20}{'messages/s':>12}")
    for name, judge in judges.items():
        if judge is None:
            print(f"{name:<16}not installed")
            continue
        for half, seen in (("seen", True), ("not seen", False)):
            part = {key: raw for key, raw in everything.items() if is_seen(key) == seen}
            best = min((figures(judge, part) for _time in range(rounds)), key=lambda each: each[-1])
            dead, dead_hard, good, good_hard, seconds = best
            recall = f"{dead_hard}/{dead} {dead_hard / dead:.3f}"
            wrong = f"{good_hard}/{good} {good_hard / good:.3f}"
            print(f"{name:<16}{half:<12}{recall:>16}{wrong:>20}{len(part) / seconds:>12.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
