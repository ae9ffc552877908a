"""Enqueue tasks with these numbers. usage: enqueue.py FIRST LAST"""

import sys

from zoco.project import ready


def main(first: int, last: int) -> None:
    """Enqueue `note` for each number."""
    ready.django()
    from tests.crash.tasks import note

    for number in range(first, last):
        note.enqueue(number)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
