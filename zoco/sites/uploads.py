"""Uploads are held to the room on the disk: facts come first.

Each app that takes files says what of its uploads is begun and still to come, so that all are counted.
"""

import shutil
from collections.abc import Callable

from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.ledger import sitebook

UPLOADS_MOST = 20
"""So many uploads of one kind may be begun and not finished."""
FREE_BYTES = 1 << 30
"""So much of the disk stays free, whatever is uploaded."""
# Calls of apps above: how many bytes are still to come of each upload that is begun.
_BEGUN: dict[str, Callable[[], list[int]]] = {}


class NoRoom(ValueError):
    """A file does not fit beside what is there and what is to come; the message says what to do."""


def begun_by(kind: str, to_come: Callable[[], list[int]]) -> None:
    """Have the uploads of a kind counted."""
    _BEGUN[kind] = to_come


def room() -> int:
    """Return how many bytes of the disk uploads may fill beside what is begun and not sent yet."""
    with sitebook.everything():
        to_come = sum(sum(to_come()) for to_come in _BEGUN.values())
    return max(0, shutil.disk_usage(conf.DATA()).free - FREE_BYTES - to_come)


def room_check(*, kind: str, name: str, size: int) -> None:
    """Raise NoRoom for a file that does not fit, what others have begun and not sent yet counted."""
    with sitebook.everything():
        begun = len(_BEGUN[kind]())
    if begun >= UPLOADS_MOST:
        raise NoRoom(
            _("%(count)s uploads are begun and not finished; finish or discard one of them first.")
            % {"count": UPLOADS_MOST}
        )
    free = room()
    if size > free:
        raise NoRoom(
            _("There is no room for %(file)s: it has %(size)s MB, and %(room)s MB are free for uploads. "
              "Discard other imports, or ask whoever runs the server for a larger disk.")
            % {"file": name, "size": -(-size // 1_000_000), "room": free // 1_000_000}
        )  # fmt: skip
