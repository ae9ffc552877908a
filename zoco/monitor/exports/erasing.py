"""Exported files as an eraser of the ledger knows them. What does the work is imported when there is some."""

from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import Erasures


@ERASERS.plug
class ExportsEraser:
    """Rows of files that were exported. Files that cannot be reached now are rewritten when they can."""

    key = "exports"
    label = "rows of exported files"

    def owe(self, erasure: Erasure) -> None:
        """Write down what files may hold them, before anything is erased."""
        from zoco.monitor.exports import duties

        duties.owe(erasure)

    def erase(self, erasure: Erasure) -> int:
        """Take them out; returns how many rows went at once."""
        from zoco.monitor.exports import duties

        return duties.erase(erasure)

    def known(self) -> tuple[Pairs, Pairs]:
        """Return nobody: files are asked by hashes, see `erase_again`."""
        return [], []

    def held(self, whom: Erasure) -> list[str]:
        """Name the files that hold them."""
        from zoco.monitor.exports import duties

        return duties.files_holding(whom)

    def erase_again(self, book: Erasures) -> int:
        """After a restore take out whoever the book names; returns how many rows went at once."""
        from zoco.monitor.exports import duties

        return duties.erase_again(book)
