"""Files that come in pieces: each is written where it belongs, and a piece that is there changes nothing."""

from pathlib import Path


class PieceWrong(ValueError):
    """A piece leaves a gap or goes beyond the end; `there` is how many bytes there are."""

    def __init__(self, offset: int, there: int, size: int) -> None:
        super().__init__(f"A piece from {offset} on does not fit; {there} of {size} bytes are there.")
        self.there = there


def piece_write(path: Path, *, offset: int, piece: bytes, size: int) -> int:
    """Write a piece of a file of `size` bytes, made for its user alone; returns how many are there.

    Raises PieceWrong.
    """
    path.touch(mode=0o600)
    there = path.stat().st_size
    if not 0 <= offset <= there or offset + len(piece) > size:
        raise PieceWrong(offset, there, size)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(piece)
    return path.stat().st_size
