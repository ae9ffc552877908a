"""A child of the supervisor ends when the supervisor dies, however it dies.

Linux sends the signal by itself; elsewhere, and in the moment before it was asked, the end of a pipe
that only the supervisor holds open says the same.
"""

import os
import signal
import sys
import threading

FATAL = 78
"""Exit code of a child that need not be started again: the reason is on stderr."""

_PR_SET_PDEATHSIG = 1


def tie() -> None:
    """Tie this process to its supervisor; does nothing when it was started by hand."""
    handle = os.environ.pop("ZOCO_LIFELINE", "")
    if not handle:
        return
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    threading.Thread(target=_watch, args=(int(handle),), name="lifeline", daemon=True).start()


def _watch(handle: int) -> None:
    while os.read(handle, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(5.0)
    os._exit(1)


def report_ready() -> None:
    """Tell the supervisor that this process does its work now."""
    handle = os.environ.pop("ZOCO_READY", "")
    if handle:
        os.write(int(handle), b"%d\n" % os.getpid())
        os.close(int(handle))


def fatal(sentence: str) -> None:
    """Say why, and end this process so that the supervisor ends too."""
    print(sentence, file=sys.stderr, flush=True)
    os._exit(FATAL)
