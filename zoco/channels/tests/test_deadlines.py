"""Deadlines: what takes too long is ended, what is over is left alone."""

import threading

from zoco.channels.mailing.deadlines import ended_after


def test_what_takes_too_long_is_ended_and_what_is_over_is_not() -> None:
    late, early = threading.Event(), threading.Event()

    with ended_after(0.01, late.set), ended_after(60, early.set):
        assert late.wait(5)
    with ended_after(0.2, early.set):
        pass

    again = threading.Event()
    with ended_after(0.01, again.set):
        assert again.wait(5)
    assert not early.is_set()
