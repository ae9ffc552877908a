"""Where exported files go: a folder, or a bucket of S3. A file is there whole under its name, or not at all.

The operator names the place in ZOCO_EXPORTS; no form takes an address, and no key is ever written down.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from zoco.kit import conf
from zoco.kit.buckets import bucket_read, can_reach
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.monitor.exports import saying
from zoco.monitor.exports.models import ExportDay

KNOWN = frozenset({"endpoint", "region"})
CONNECT_SECONDS, READ_SECONDS = 5, 20
PIECE = 1 << 20
MARK = ".zoco-exports"


class TargetOut(Said):
    """The place cannot be reached, or does not take files; the message says what to do."""


class FileOut(TargetOut):
    """This file cannot be read, written or removed; others of the place may."""


def _silent(**_fields: object) -> None:
    """Tell nobody how far it is."""


def _place(text: str) -> str:
    """Check a place. Raises ValueError."""
    if text.startswith("s3:"):
        bucket_read(text, KNOWN)
    elif text and not Path(text).is_absolute():
        raise ValueError("write a whole path, or s3://bucket/folder?endpoint=https://s3.example.org")
    return text


EXPORTS = conf.declare(
    "EXPORTS",
    "",
    _place,
    "Where exported facts go: a folder that is there, or s3://bucket/folder?endpoint=…&region=…, with the "
    "keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; empty for the folder exports in the data folder.",
)


def place_read(text: str) -> str:
    """Read a place that the operator names. Raises ValueError."""
    place = text if text.startswith("s3:") or not text else str(Path(text).absolute())
    return _place(place)


class Target(Protocol):
    """A place. Each method raises TargetOut."""

    def put(self, name: str, file: Path, tell: Callable[..., None] = _silent) -> None:
        """Copy a file there; it replaces one of that name, at once and as a whole.

        `tell` is called again and again meanwhile; what it raises ends the copying, and nothing is replaced.
        """

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""

    def sweep(self, name: str) -> None:
        """Take away what a killed process left half-way of a file."""


def target_open(place: str) -> Target:
    """Return what a place can do; "" is the folder exports in the data folder. Raises TargetOut."""
    if place.startswith("s3:"):
        return Bucket(place)
    if not place:
        return Folder(conf.DATA() / "exports", is_ours=True)
    with sitebook.everything():  # whoever asks: days of other sites lie there as well
        is_used = ExportDay.objects.filter(target=place, made_at__isnull=False).exists()
    return Folder(Path(place), is_used=is_used)


class Folder:
    """A folder on this machine, or mounted there. One of somebody else's is never made: a disk that is
    not mounted must not become a folder on ours. For the same reason it is marked: an empty folder where
    files were before is a disk that is away, and not one from which all were deleted.
    """

    def __init__(self, root: Path, *, is_ours: bool = False, is_used: bool = False) -> None:
        self.root = root
        if is_ours:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not root.is_dir():
            raise TargetOut(saying.AWAY, folder=root)
        mark = root / MARK
        if not is_ours and not mark.exists():
            if is_used:
                raise TargetOut(saying.OTHER, folder=root, mark=MARK)
            with self._said():
                mark.touch(mode=0o600)

    def put(self, name: str, file: Path, tell: Callable[..., None] = _silent) -> None:
        """Write beside the name, make durable, rename."""
        path = self.root / name
        with self._said():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.sweep(name)
            partial = path.with_name(f".{path.name}.{os.urandom(4).hex()}.partial")
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                with os.fdopen(handle, "wb") as target, file.open("rb") as source:
                    while piece := source.read(PIECE):
                        target.write(piece)
                        tell()
                    target.flush()
                    os.fsync(target.fileno())
                partial.replace(path)
            except BaseException:
                partial.unlink(missing_ok=True)
                raise
            _sync(path.parent)

    def sweep(self, name: str) -> None:
        """Take away what a killed process left beside the name."""
        path = self.root / name
        with self._said():
            for left in path.parent.glob(f".{path.name}.*.partial"):
                left.unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """Open it."""
        with self._said():
            return (self.root / name).open("rb")

    def remove(self, name: str) -> None:
        """Remove it, and the folders that are empty without it."""
        path = self.root / name
        self.sweep(name)
        with self._said():
            path.unlink(missing_ok=True)
        with suppress(OSError):
            for folder in path.parents:
                if folder == self.root:
                    break
                folder.rmdir()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            raise FileOut(saying.UNUSABLE, folder=self.root, why=error.strerror or error) from error


class Bucket:
    """A bucket; an upload is there when it is complete, and only then."""

    def __init__(self, place: str) -> None:
        if not can_reach():
            raise TargetOut(saying.NO_EXTRA)
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config
        from storages.backends.s3 import S3Storage

        self.named = bucket_read(place, KNOWN)
        given = self.named.given
        self._storage: Any = S3Storage(  # type: ignore[no-untyped-call]
            bucket_name=self.named.bucket,
            location=self.named.folder,
            endpoint_url=given.get("endpoint"),
            region_name=given.get("region"),
            default_acl=None,
            file_overwrite=True,
            # Whoever uploads is told in his own thread.
            transfer_config=TransferConfig(use_threads=False),  # type: ignore[no-untyped-call]
            client_config=Config(  # type: ignore[no-untyped-call]
                s3={"addressing_style": self.named.addressing},
                signature_version="s3v4",
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"max_attempts": 2},
            ),
        )

    def put(self, name: str, file: Path, tell: Callable[..., None] = _silent) -> None:
        """Upload it."""
        from django.core.files import File

        with self._said(), file.open("rb") as source:

            class Told(File):  # type: ignore[type-arg]
                def read(self, *size: int) -> bytes:
                    tell()
                    return source.read(*size)

            self._storage.save(name, Told(source, name))

    def sweep(self, name: str) -> None:
        """Do nothing: an upload that was cut off is no file."""

    def open(self, name: str) -> BinaryIO:
        """Open it; it is downloaded to a temporary file when it is first read."""
        with self._said():
            if not self._storage.exists(name):
                raise FileNotFoundError(name)
            opened: BinaryIO = self._storage.open(name, "rb")
            opened.read(0)
            return opened

    def remove(self, name: str) -> None:
        """Remove it."""
        with self._said():
            self._storage.delete(name)

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say what went wrong without what was sent: no key, no signature, no address with either."""
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except FileNotFoundError:
            raise
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))[:60] or "?"
            raise FileOut(saying.REFUSED, bucket=self.named.bucket, code=code) from None
        except (BotoCoreError, Boto3Error, OSError) as error:
            raise TargetOut(saying.UNREACHED, bucket=self.named.bucket, error=type(error).__name__) from None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
