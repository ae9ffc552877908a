"""Periodic work of media mixes: fits whose process died have failed."""

from zoco.kit.periodic import PERIODIC, Periodic


def _look() -> None:
    from zoco.mix import running  # it stands on scipy, which is imported when it is time

    running.look()


PERIODIC.add(Periodic("mix.look", 60, _look))
