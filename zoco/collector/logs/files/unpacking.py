"""How a log is packed, and reading zstd so that a file which is not whole is found out."""

from typing import BinaryIO

# The first bytes of packed files. An archive holds several files, so that it is no log.
PACKINGS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
}
# So little is unpacked at a time, as a few bytes of zstd can stand for 128 KiB.
PIECE = 2048


def packing_of(head: bytes) -> str:
    """Return how a file is packed by its first bytes (262 or more), "" for a plain one."""
    if head[257:262] == b"ustar":
        return "tar"
    return next((kind for magic, kind in PACKINGS.items() if head.startswith(magic)), "")


class ZstdFile:
    """Reads a file of one or more zstd frames.

    The library's own reader takes a file that breaks off for one that has ended.
    """

    def __init__(self, raw: BinaryIO) -> None:
        import zstandard

        self._raw = raw
        self._new = zstandard.ZstdDecompressor().decompressobj
        self._frame = self._new()
        self._is_between = False
        self._ready = memoryview(b"")

    def read(self, limit: int) -> bytes:
        """Return up to so many bytes, b"" at the end. Raises EOFError when the last frame has no end."""
        pieces: list[memoryview] = []
        wanted = limit
        while wanted:
            if not self._ready:
                packed = self._raw.read(PIECE)
                if not packed:
                    break
                self._ready = memoryview(self._unpacked(packed))
            pieces.append(self._ready[:wanted])
            self._ready = self._ready[wanted:]
            wanted -= len(pieces[-1])
        if not pieces and not self._is_between:
            raise EOFError("the last frame has no end")
        return b"".join(pieces)

    def _unpacked(self, packed: bytes) -> bytes:
        found = b""
        while packed:
            if self._is_between:
                self._frame = self._new()
            found += self._frame.decompress(packed)
            self._is_between = self._frame.eof
            packed = self._frame.unused_data if self._is_between else b""
        return found
