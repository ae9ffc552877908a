"""The file of sites: whoever reads it while it is written finds the old one or the new one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from zoco.sites.published import Published, PublishedSite, read, turn, write

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
