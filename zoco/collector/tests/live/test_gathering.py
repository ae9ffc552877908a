"""Gathering: an answer comes after the disk, and nobody who hangs up takes others with him."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from zoco.collector.live.servers.gathering import WAITING_BYTES, Gathering, Overloaded
from zoco.ledger.spool import SpoolFolder, SpoolFull, SpoolRefused, SpoolWriter


def alone(work: Coroutine[Any, Any, None]) -> None:
    """Run it on a loop of its own, in a thread: this one's may be taken by a browser's."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result(60)


async def put(gathering: Gathering, lines: bytes) -> None:
    """Return when lines are on the disk; raises what hindered it."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def told(error: SpoolRefused | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    gathering.put(lines, told)
    await done


def on_disk(folder: Path) -> bytes:
    """Return all lines of all segments."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.ndjson*")))


def test_lines_are_on_the_disk_when_put_returns(tmp_path: Path) -> None:
    async def run() -> None:
        gathering = Gathering(SpoolWriter(tmp_path, "test"))
        await put(gathering, b'{"n":1}\n')
        assert b'{"n":1}\n' in on_disk(tmp_path)
        gathering.end()

    alone(run())
    assert len(SpoolFolder(tmp_path).closed()) == 1


def test_a_thousand_senders_share_few_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[int] = []
    writer = SpoolWriter(tmp_path, "test")
    append = writer.append_lines

    def counted(lines: bytes) -> None:
        writes.append(lines.count(b"\n"))
        append(lines)

    monkeypatch.setattr(writer, "append_lines", counted)

    async def run() -> None:
        gathering = Gathering(writer)
        await asyncio.gather(*(put(gathering, b'{"n":%d}\n' % n) for n in range(1_000)))
        gathering.end()

    alone(run())
    assert sum(writes) == 1_000
    assert len(writes) < 20
    assert sorted(on_disk(tmp_path).split()) == sorted(b'{"n":%d}' % n for n in range(1_000))


def test_a_sender_who_leaves_takes_nobody_with_him(tmp_path: Path) -> None:
    async def run() -> None:
        gathering = Gathering(SpoolWriter(tmp_path, "test"))
        tasks = [asyncio.create_task(put(gathering, b'{"n":%d}\n' % n)) for n in range(50)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.wait_for(asyncio.gather(*tasks[1::2]), 10)
        assert all(task.cancelled() for task in tasks[::2])
        await put(gathering, b'{"n":"after"}\n')
        gathering.end()

    alone(run())
    lines = on_disk(tmp_path).split()
    assert {b'{"n":%d}' % n for n in range(1, 50, 2)} | {b'{"n":"after"}'} <= set(lines)


def test_when_there_is_no_room_all_who_wait_are_told_and_the_next_are_taken(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, "test", limit_bytes=10)

    async def run() -> None:
        gathering = Gathering(writer)
        told = await asyncio.gather(
            *(put(gathering, b"x" * 20 + b"\n") for _ in range(5)), return_exceptions=True
        )
        assert [type(each) for each in told] == [SpoolFull] * 5
        writer.limit_bytes = 1_000_000
        await put(gathering, b"y\n")
        gathering.end()

    alone(run())
    assert on_disk(tmp_path) == b"y\n"


def test_whatever_the_spool_raises_is_told_and_the_next_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SpoolWriter(tmp_path, "test")

    def broken(lines: bytes) -> None:
        raise ValueError(len(lines))

    async def run() -> None:
        gathering = Gathering(writer)
        with monkeypatch.context() as patch:
            patch.setattr(writer, "append_lines", broken)
            with pytest.raises(SpoolRefused):
                await asyncio.wait_for(put(gathering, b"x\n"), 5)
        await asyncio.wait_for(put(gathering, b"y\n"), 5)
        gathering.end()

    alone(run())
    assert on_disk(tmp_path) == b"y\n"


def test_more_than_is_sound_is_refused_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        gathering = Gathering(SpoolWriter(tmp_path, "test"))
        first = asyncio.create_task(put(gathering, b"x" * (WAITING_BYTES - 1) + b"\n"))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await put(gathering, b"y\n")
        await first
        await put(gathering, b"z\n")
        gathering.end()

    alone(run())
    assert on_disk(tmp_path).endswith(b"z\n")
