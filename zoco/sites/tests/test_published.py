"""The file of sites: whoever reads it while it is written finds the old one or the new one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec.structs import replace

from zoco.sites.published import Published, PublishedSite, read, turn, write, write_if_changed

LENGTHS = (3, 40, 90)


def published(count: int) -> Published:
    site = PublishedSite(id=1, slug="s" * count, name="Shop", zone="UTC", currency="EUR", hostnames=())
    return Published(sites=(site,) * count)


def test_writers_and_readers_at_once_meet_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    write(path, published(1))

    def publish(count: int) -> set[int]:
        found = set()
        for _ in range(60):
            with turn(path):
                write(path, published(count))
            found.add(len(read(path).sites))
        return found

    with ThreadPoolExecutor(len(LENGTHS)) as pool:
        seen = set().union(*pool.map(publish, LENGTHS))

    assert seen <= set(LENGTHS)
    assert len(read(path).sites) in LENGTHS
    assert sorted(each.name for each in tmp_path.iterdir()) == [".sites.json.lock", "sites.json"]


def test_what_says_the_same_is_written_again_only_after_ten_minutes(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    write_if_changed(path, replace(published(1), published_at=1_000_000))
    write_if_changed(path, replace(published(1), published_at=599_000_000))
    kept = read(path).published_at
    write_if_changed(path, replace(published(1), published_at=601_000_001))
    aged = read(path).published_at
    write_if_changed(path, replace(published(2), published_at=601_000_002))

    assert [kept, aged, len(read(path).sites)] == [1_000_000, 601_000_001, 2]


def test_clock_set_back_and_a_broken_file_are_written_over(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    write_if_changed(path, replace(published(1), published_at=9_000_000))
    write_if_changed(path, replace(published(1), published_at=1_000_000))
    assert read(path).published_at == 1_000_000

    path.write_text("{")
    write_if_changed(path, published(1))
    assert len(read(path).sites) == 1
