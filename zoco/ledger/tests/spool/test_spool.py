"""The spool: durable appends, adoption of what dead writers left, refusal without loss."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact
from zoco.ledger.spool import BulkSegment, SpoolFolder, SpoolFull, SpoolWriter, writer


def a_fact(number: int) -> Fact:
    return Fact(id=uuid7(), site=1, name="web.page.viewed", origin="tracker", occurred_at=number)


def numbers(paths: list[Path]) -> list[int]:
    return [json.loads(line)["occurred_at"] for path in paths for line in path.read_bytes().splitlines()]


def test_facts_of_many_threads_are_all_there_once(tmp_path: Path) -> None:
    spool = SpoolWriter(tmp_path, "me")

    def work(start: int) -> None:
        for number in range(start, start + 50):
            spool.append([a_fact(number)])

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 800, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spool.close()

    assert sorted(numbers(SpoolFolder(tmp_path).closed())) == list(range(800))


def test_open_segment_is_not_adopted_while_its_writer_lives(tmp_path: Path) -> None:
    spool = SpoolWriter(tmp_path, "me")
    spool.append([a_fact(1)])

    assert SpoolFolder(tmp_path).adopt() == []
    assert len(SpoolFolder(tmp_path).unfinished()) == 1


def test_segment_is_closed_by_itself_soon_after_the_last_append(tmp_path: Path) -> None:
    spool = SpoolWriter(tmp_path, "me")
    spool.append([a_fact(1)])

    deadline = threading.Event()
    for _ in range(40):
        if SpoolFolder(tmp_path).closed():
            break
        deadline.wait(0.1)

    assert numbers(SpoolFolder(tmp_path).closed()) == [1]


def test_killed_writers_segment_is_adopted_and_cut_after_its_last_newline(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from zoco.ledger.schema import Fact
        from zoco.ledger.spool import SpoolWriter
        spool = SpoolWriter(Path(sys.argv[1]), "dead")
        for number in range(20):
            spool.append([Fact(id="x", site=1, name="n", origin="log", occurred_at=number)])
        os.write(spool._segment._file, b'{"id":"torn')
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL

    adopted = SpoolFolder(tmp_path).adopt()

    assert numbers(adopted) == list(range(20))


@pytest.mark.alone  # a process that ran ClickHouse is too large to be copied
def test_forked_child_neither_holds_nor_writes_the_parents_segment(tmp_path: Path) -> None:
    spool = SpoolWriter(tmp_path, "me")
    spool.append([a_fact(1)])
    child = os.fork()
    if child == 0:
        spool.append([a_fact(2)])
        spool.close()
        os._exit(0)
    os.waitpid(child, 0)
    spool.append([a_fact(3)])
    spool.close()

    closed = SpoolFolder(tmp_path).closed()

    assert sorted(numbers(closed)) == [1, 2, 3]
    assert len(closed) == 2


def test_bulk_segment_appears_only_when_complete(tmp_path: Path) -> None:
    folder = SpoolFolder(tmp_path)
    with BulkSegment(tmp_path, "me") as bulk:
        bulk.write(b'{"occurred_at":1}\n')
        assert folder.closed() == []
    with pytest.raises(ZeroDivisionError), BulkSegment(tmp_path, "me") as bulk:
        bulk.write(b"%d\n" % (1 // 0))

    assert numbers(folder.closed()) == [1]
    assert folder.unfinished() == []


def test_full_spool_refuses_and_takes_again_when_there_is_room(tmp_path: Path) -> None:
    spool = SpoolWriter(tmp_path, "me", limit_bytes=1000)
    (tmp_path / "old.ndjson").write_bytes(b"x" * 990)

    with pytest.raises(SpoolFull, match="limit"):
        spool.append([a_fact(1)])
    (tmp_path / "old.ndjson").unlink()
    spool.append([a_fact(2)])
    spool.close()

    assert numbers(SpoolFolder(tmp_path).closed()) == [2]


def test_failed_write_leaves_no_part_of_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = SpoolWriter(tmp_path, "me")
    spool.append([a_fact(1)])
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(writer, "RESERVE_BYTES", 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
    try:
        with pytest.raises(writer.SpoolRefused):
            spool.append([a_fact(number) for number in range(2, 50)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    spool.append([a_fact(99)])
    spool.close()

    assert sorted(numbers(SpoolFolder(tmp_path).closed())) == [1, 99]
