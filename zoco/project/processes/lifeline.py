"""A child of the supervisor ends when the supervisor dies, however it dies.

Linux kills it by itself; elsewhere, and in the moment before it was asked, the end of a pipe
that only the supervisor holds open says the same. At once and not politely: whoever starts
Zoco again waits for the port and the ledger that a lingering child would hold.
"""

import os
import signal
import sys
import threading

from zoco.kit.commands import typed

FATAL = 78
"""Exit code of a child that need not be started again: the reason is on stderr."""

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36


def tie() -> None:
    """Tie this process to its supervisor; does nothing when it was started by hand."""
    handle = os.environ.pop("ZOCO_LIFELINE", "")
    if not handle:
        return
    die_with_parent()
    threading.Thread(target=_watch, args=(int(handle),), name="lifeline", daemon=True).start()


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies. Linux only."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt() -> None:
    """Make this process the parent of what its descendants leave behind. Linux only."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def name(text: str) -> None:
    """Show a name of at most 15 bytes in `ps` and `top`. Linux only."""
    _prctl(_PR_SET_NAME, text.encode()[:15])


def _prctl(option: int, value: "int | bytes") -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _watch(handle: int) -> None:
    while os.read(handle, 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def report_ready() -> None:
    """Tell the supervisor that this process does its work now."""
    handle = os.environ.pop("ZOCO_READY", "")
    if handle:
        os.write(int(handle), b"%d\n" % os.getpid())
        os.close(int(handle))


def fatal(sentence: str) -> None:
    """Say why, and end this process so that the supervisor ends too."""
    print(typed(sentence), file=sys.stderr, flush=True)
    os._exit(FATAL)
