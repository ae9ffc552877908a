"""Where uploaded files lie: in the data folder, or in S3 (Amazon's or any other) by ZOCO_MEDIA.

Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as everywhere. The bucket may stay private:
addresses of files are signed for an hour, unless `domain` names a host that serves it to everybody.
"""

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, urlsplit

from zoco.kit import conf

FOLDER: dict[str, Any] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
SIGNED_SECONDS = 3600


def _s3(text: str) -> str:
    """Check an address. Raises ValueError."""
    if not text:
        return ""
    parts = urlsplit(text)
    unknown = set(parse_qs(parts.query)) - {"endpoint", "region", "domain"}
    if parts.scheme != "s3" or not parts.hostname or unknown:
        raise ValueError("write s3://bucket/folder?endpoint=https://s3.example.org&region=eu-south-2")
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
    if find_spec("storages") is None:
        raise conf.SettingWrong("ZOCO_MEDIA needs the extra s3; install it: pip install 'zoco[s3]'.")
    bucket, folder, given = _parts()
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "location": folder,
        "endpoint_url": given.get("endpoint"),
        "region_name": given.get("region"),
        "custom_domain": given.get("domain"),
        "querystring_auth": "domain" not in given,
        "querystring_expire": SIGNED_SECONDS,
        "signature_version": "s3v4",
        "addressing_style": "path" if "endpoint" in given else "auto",
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def origin() -> str:
    """Return from where browsers load uploaded images, "" when that is our own host."""
    if not MEDIA():
        return ""
    bucket, _folder, given = _parts()
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


def _parts() -> tuple[str, str, dict[str, str]]:
    parts = urlsplit(MEDIA())
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts.netloc, parts.path.strip("/"), given
