"""A million damaged log lines through both ways of reading: the same facts, the same refusals, no crash.

usage: python -m benchmarks.log_fuzz [LINES [SEED]]
"""

import sys
import time
from random import Random

from zoco.collector.logs import load_formats
from zoco.collector.tests.fuzzing import SEEDS, check, damaged
from zoco.sites.published import PublishedSite

PART = 16_000
SITE = PublishedSite(
    id=7,
    slug="shop",
    name="Shop",
    zone="Europe/Madrid",
    currency="EUR",
    hostnames=("shop.example",),
    import_key="5a" * 32,
)


def main(total: int = 1_000_000, seed: int = 1) -> None:
    """Run and print one line for each format; a wrong fact ends it with the line that gave it."""
    load_formats()
    each = total // len(SEEDS)
    for key in SEEDS:
        rnd, began, facts, refused = Random(f"{seed} {key}"), time.perf_counter(), 0, 0
        for first in range(0, each, PART):
            good, bad = check(SITE, key, list(damaged(key, min(PART, each - first), rnd)))
            facts, refused = facts + good, refused + bad
        print(f"{key}: {each} lines, {facts} facts, {refused} refused, {time.perf_counter() - began:.0f} s")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
