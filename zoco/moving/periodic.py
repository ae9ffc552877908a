"""Files of moves that nobody goes on with are taken away each day."""

from zoco.kit.periodic import PERIODIC, Periodic


def tidy() -> None:
    """Take them away; what does it is imported when it is time."""
    from zoco.moving import running

    running.tidy()


PERIODIC.add(Periodic("moving.tidy", 86_400, tidy))
