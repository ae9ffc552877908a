"""The folder of the spool: what is set aside stays, what has gone is passed over."""

from pathlib import Path

from zoco.ledger.spool import SpoolFolder
from zoco.ledger.store.duckdb.writing.loading import batches


def test_what_was_set_aside_of_a_segment_before_stays(tmp_path: Path) -> None:
    folder = SpoolFolder(tmp_path)
    path = tmp_path / "a.01a0.v1.ndjson"
    path.write_bytes(b"rest\n")

    for lines in (b"first\n", b"second\n", b"first\n"):
        folder.set_aside(path, "bad", lines)
    folder.set_aside(path, "the engine refused it")

    assert [aside.read_bytes() for aside in folder.aside()] == [b"second\n", b"rest\n", b"first\n"]
    assert all(aside.with_name(aside.name + ".json").exists() for aside in folder.aside())
    assert not path.exists()


def test_a_segment_that_another_process_loaded_meanwhile_is_passed_over(tmp_path: Path) -> None:
    there, gone = tmp_path / "a.01a0.v1.ndjson", tmp_path / "a.01a1.v1.ndjson"
    there.write_bytes(b"{}\n")
    assert list(batches([gone, there])) == [[there]]
