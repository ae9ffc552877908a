"""Where exported files go: a folder, or a bucket of S3. A file is there whole under its name, or not at all.

The operator names the place in ZOCO_EXPORTS; no form takes an address, and no key is ever written down.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from zoco.kit import conf
from zoco.kit.buckets import bucket_read, can_reach
from zoco.ledger import sitebook
from zoco.monitor.exports.models import ExportDay

KNOWN = frozenset({"endpoint", "region"})
SECONDS = 20
MARK = ".zoco-exports"


class TargetOut(RuntimeError):
    """The place cannot be reached, or does not take files; the message says what to do."""


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

    def put(self, name: str, file: Path) -> None:
        """Copy a file there; it replaces one of that name, at once and as a whole."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""


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
            raise TargetOut(f"The folder {root} is not there; mount it or make it.")
        mark = root / MARK
        if not is_ours and not mark.exists():
            if is_used:
                raise TargetOut(
                    f"The folder {root} is not the one with the exported files: {MARK} is not in it. "
                    "Mount its disk; if you moved the files yourself, make an empty file of that name."
                )
            with self._said():
                mark.touch(mode=0o600)

    def put(self, name: str, file: Path) -> None:
        """Write beside the name, make durable, rename."""
        path = self.root / name
        with self._said():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in path.parent.glob(f".{path.name}.*.partial"):
                left.unlink()
            partial = path.with_name(f".{path.name}.{os.urandom(4).hex()}.partial")
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as target, file.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
            partial.replace(path)
            _sync(path.parent)

    def open(self, name: str) -> BinaryIO:
        """Open it."""
        with self._said():
            return (self.root / name).open("rb")

    def remove(self, name: str) -> None:
        """Remove it, and the folders that are empty without it."""
        path = self.root / name
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
            raise TargetOut(f"{self.root} cannot be used: {error.strerror}.") from error


class Bucket:
    """A bucket; an upload is there when it is complete, and only then."""

    def __init__(self, place: str) -> None:
        if not can_reach():
            raise TargetOut("S3 needs the extra s3; install it: pip install 'zoco[s3]'.")
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
            client_config=Config(  # type: ignore[no-untyped-call]
                s3={"addressing_style": self.named.addressing},
                signature_version="s3v4",
                connect_timeout=SECONDS,
                read_timeout=SECONDS,
                retries={"max_attempts": 2},
            ),
        )

    def put(self, name: str, file: Path) -> None:
        """Upload it."""
        from django.core.files import File

        with self._said(), file.open("rb") as source:
            self._storage.save(name, File(source, name))

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
            code = str(error.response.get("Error", {}).get("Code", ""))[:60]
            raise TargetOut(
                f"The bucket {self.named.bucket} answers {code or 'with an error'}; see to its keys and "
                "rights."
            ) from None
        except (BotoCoreError, Boto3Error, OSError) as error:
            raise TargetOut(
                f"The bucket {self.named.bucket} cannot be reached ({type(error).__name__}); see to its "
                "address, its keys and the network."
            ) from None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
