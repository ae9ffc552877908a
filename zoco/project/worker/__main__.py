"""Start a worker: `python -m zoco.project.worker`."""

from zoco.kit.commands import CommandFailed
from zoco.project import lifeline, ready


def main() -> None:
    """Work until SIGTERM."""
    lifeline.tie()
    try:
        ready.django()
    except CommandFailed as failed:
        lifeline.fatal(str(failed))
    from zoco.project.worker.loop import Loop

    Loop().run()


if __name__ == "__main__":
    main()
