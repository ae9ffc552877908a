"""Append numbered facts to a spool until killed; say on stdout which are acknowledged.

usage: feed.py SPOOL FIRST. Ids are made from numbers, so that a number sent twice is one fact.
"""

import sys
import time
from pathlib import Path

from zoco.kit.ids import uuid8
from zoco.ledger.schema import Fact
from zoco.ledger.spool import SpoolRefused, SpoolWriter

NAMESPACE = b"crash"
BATCH = 20


def fact(number: int) -> Fact:
    """Return the fact with this number: of 50 visitors, a few seconds apart."""
    return Fact(
        id=uuid8(NAMESPACE, number),
        site=1,
        name="web.page.viewed",
        origin="tracker",
        occurred_at=1_760_000_000_000_000 + number * 1_000_000,
        visitor=number % 50 + 1,
        path=f"/{number % 7}",
    )


def main(folder: str, first: int) -> None:
    """Feed for ever; a batch that is refused is sent again."""
    spool = SpoolWriter(Path(folder), f"feed{first}")
    number = first
    while True:
        batch = [fact(number + offset) for offset in range(BATCH)]
        try:
            spool.append(batch)
        except SpoolRefused:
            time.sleep(0.05)
            continue
        number += BATCH
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        time.sleep(0.02)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
