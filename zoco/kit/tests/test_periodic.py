"""Work in the background without a worker: each piece in its time, whatever another one does."""

import threading
import time

import pytest

from zoco.kit.periodic import Periodic, done, keep_time

pytestmark = pytest.mark.django_db  # connections that other tests left open are looked at


def test_pieces_run_again_and_again_and_a_failing_one_stops_nobody() -> None:
    stop, ran = threading.Event(), []

    def often() -> None:
        ran.append("often")
        if ran.count("often") == 5:
            stop.set()

    def fails() -> None:
        ran.append("fails")
        raise ValueError

    began = time.monotonic()
    keep_time(
        [
            Periodic("fails", 0.01, fails),
            Periodic("often", 0.01, often),
            Periodic("seldom", 3_600, lambda: ran.append("seldom")),
        ],
        stop,
    )

    assert time.monotonic() - began < 10
    assert ran.count("often") == 5
    assert ran.count("fails") >= 5
    assert ran.count("seldom") == 1


def test_a_piece_says_whether_it_went_well() -> None:
    def fails() -> None:
        raise ValueError

    assert done(Periodic("well", 1, lambda: None))
    assert not done(Periodic("fails", 1, fails))
