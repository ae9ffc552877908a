"""Buckets of S3, Amazon's or any other: how one is named in a setting. Keys never stand in the name.

They come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as everywhere.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True)
class BucketNamed:
    """What a name says: bucket, folder in it, and what else was given."""

    bucket: str
    folder: str
    given: dict[str, str]

    @property
    def addressing(self) -> str:
        """How the bucket stands in addresses; servers of one's own have no host for each."""
        return "path" if "endpoint" in self.given else "auto"


def bucket_read(text: str, known: frozenset[str]) -> BucketNamed:
    """Read s3://bucket/folder?endpoint=…; `known` are the words that may be given. Raises ValueError."""
    parts = urlsplit(text)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.hostname or "@" in parts.netloc or set(given) - known:
        raise ValueError("write s3://bucket/folder?endpoint=https://s3.example.org&region=eu-south-2")
    return BucketNamed(parts.netloc, parts.path.strip("/"), given)


def can_reach() -> bool:
    """Say whether the extra s3 is installed."""
    return find_spec("storages") is not None and find_spec("boto3") is not None
