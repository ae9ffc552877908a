"""How a background task says that its failure can heal."""


class TryAgain(Exception):
    """Raised by a task: run me again, after so many seconds, or later each time if 0.

    After six attempts the task counts as failed with this exception.
    """

    def __init__(self, reason: str, *, after_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds
