"""Ids of lines: the digest of site, line and the line's count among equal ones.

Equal lines tell of the same second, so this is the line's count within its second.
"""

from collections.abc import Callable
from hashlib import blake2b

from zoco.collector.memo import Memo
from zoco.kit.ids import framed

# Equal lines are counted within this many lines and the same number before them: then memory stays
# bounded and an interrupted import can count on after reading them again. Part of what an id means.
GENERATION = 1 << 14
_FIRST = framed(1)


class EqualLines:
    """Counts the equal lines of one log and site. Lines must come in order, a generation at a time."""

    def __init__(self, site: int) -> None:
        self._begun: Memo[int, Callable[[], blake2b]] = Memo(self._begin, 4_096)
        self._site = framed(site)
        self.seen: dict[bytes, int] = {}
        self.older: dict[bytes, int] = {}

    def turn(self) -> None:
        """Begin a generation: called before the lines 0, GENERATION, 2 * GENERATION …"""
        self.seen, self.older = {}, self.seen

    def digests(self, lines: list[bytes]) -> list[bytes]:
        """Return for each line the digest of (site, line, n), n its count, as kit.ids makes it."""
        begun, found = self._begun, []
        for line in lines:
            digest = begun[len(line)]()
            digest.update(line)
            digest.update(_FIRST)
            found.append(digest.digest())
        fresh = dict.fromkeys(found, 1)
        if len(fresh) == len(found) and fresh.keys().isdisjoint(self.seen) and self._are_new(fresh):
            self.seen.update(fresh)
        else:
            self._count(lines, found)
        return found

    def _are_new(self, fresh: dict[bytes, int]) -> bool:
        return fresh.keys().isdisjoint(self.older)

    def _count(self, lines: list[bytes], digests: list[bytes]) -> None:
        """Count lines one by one and put the digest with its count in the place of the second and later."""
        seen, older = self.seen, self.older
        for place, digest in enumerate(digests):
            own = seen.get(digest, 0)
            seen[digest] = own + 1
            if own or digest in older:
                again = self._begun[len(lines[place])]()
                again.update(lines[place])
                again.update(framed(own + older.get(digest, 0) + 1))
                digests[place] = again.digest()

    def _begin(self, length: int) -> Callable[[], blake2b]:
        """Return what copies a digest that has taken in the site and the length of a line."""
        return blake2b(self._site + b"%d:" % length, digest_size=16).copy
