"""The file of the erased after a process was killed, or the disk was full, while it was written."""

from pathlib import Path

import pytest

from zoco.ledger.store.base import Erasure
from zoco.ledger.store.erasures import Erasures

TORN = (b'{"at":9,"kind":"visitor","ha', b"{", b'{"at":9,"kind":"visitor","hash":"00"}')


def until(folder: Path, *visitors: int) -> list[int]:
    """Return until when each is erased, by a fresh look into the file."""
    return [found for _, _, found in Erasures(folder).visitors([(1, visitor) for visitor in visitors])]


@pytest.mark.parametrize("torn", TORN)
def test_half_a_line_stops_nobody_and_spoils_no_other(tmp_path: Path, torn: bytes) -> None:
    book = Erasures(tmp_path)
    book.add(Erasure(at=5, visitors=(7, 8)))
    with (tmp_path / "erasures").open("ab") as file:
        file.write(torn)

    assert until(tmp_path, 7, 8) == [5, 5]

    book.add(Erasure(at=6, visitors=(9,)))

    assert until(tmp_path, 7, 8, 9) == [5, 5, 6]
    assert (tmp_path / "erasures").read_bytes().count(b"\n") == 3


def test_a_file_that_holds_half_a_line_alone_names_nobody(tmp_path: Path) -> None:
    (tmp_path / "erasures").write_bytes(TORN[0])

    assert not Erasures(tmp_path)
