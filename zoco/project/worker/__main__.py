"""Start a worker by itself: `python -m zoco.project.worker`."""

from zoco.kit.commands import CommandFailed
from zoco.project import ready
from zoco.project.processes import lifeline


def main() -> None:
    """Tie it to a supervisor if there is one, and work."""
    lifeline.tie()
    try:
        ready.django()
    except CommandFailed as failed:
        lifeline.fatal(str(failed))
    work()


def work() -> None:
    """Work until SIGTERM."""
    from zoco.project.worker.loop import Loop

    Loop().run()


if __name__ == "__main__":
    main()
