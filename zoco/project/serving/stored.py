"""Where uploaded files lie: in the data folder, or in S3 (Amazon's or any other) by ZOCO_MEDIA.

Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as everywhere. The bucket may stay private:
addresses of files are signed for an hour, unless `domain` names a host that serves it to everybody.
"""

from typing import Any
from urllib.parse import urlsplit

from zoco.kit import conf
from zoco.kit.buckets import BucketNamed, bucket_read, can_reach

FOLDER: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
SIGNED_SECONDS = 3600
KNOWN = frozenset({"endpoint", "region", "domain"})


def _s3(text: str) -> str:
    """Check an address. Raises ValueError."""
    if text:
        bucket_read(text, KNOWN)
    return text


MEDIA = conf.declare(
    "MEDIA",
    "",
    _s3,
    "Where uploaded files lie: s3://bucket/folder?endpoint=…&region=…&domain=…, with the keys in "
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; empty for the data folder.",
)


def storage() -> dict[str, Any]:
    """Return Django's entry for uploaded files."""
    if not MEDIA():
        return FOLDER
    if not can_reach():
        raise conf.SettingWrong("ZOCO_MEDIA needs the extra s3; install it: pip install 'zoco[s3]'.")
    named = _named()
    given = named.given
    options: dict[str, Any] = {
        "bucket_name": named.bucket,
        "location": named.folder,
        "endpoint_url": given.get("endpoint"),
        "region_name": given.get("region"),
        "custom_domain": given.get("domain"),
        "querystring_auth": "domain" not in given,
        "querystring_expire": SIGNED_SECONDS,
        "signature_version": "s3v4",
        "addressing_style": named.addressing,
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def origin() -> str:
    """Return from where browsers load uploaded images, "" when that is our own host."""
    if not MEDIA():
        return ""
    named = _named()
    bucket, given = named.bucket, named.given
    if "domain" in given:
        return f"https://{given['domain']}"
    if "endpoint" in given:
        parts = urlsplit(given["endpoint"])
        return f"{parts.scheme}://{parts.netloc}"
    return (
        f"https://{bucket}.s3.{given['region']}.amazonaws.com"
        if "region" in given
        else f"https://{bucket}.s3.amazonaws.com"
    )


def _named() -> BucketNamed:
    return bucket_read(MEDIA(), KNOWN)
