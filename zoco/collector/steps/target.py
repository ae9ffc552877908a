"""What was asked for, and what kind of fact that is: a page, an asset, a redirect, an error, a call."""

import re

from zoco.collector.event import Event
from zoco.collector.reasons import Reason, Refused
from zoco.kit.masks import clean_path

PAGE = "web.page.served"
ASSET = "web.asset.served"
REDIRECT = "web.redirect.served"
ERROR = "web.error.served"
CALL = "web.call.served"

REDIRECTS = frozenset((301, 302, 303, 307, 308))
METHOD = re.compile(r"[A-Z][A-Z-]{0,19}")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
# What a page loads, and files that are fetched, not read as a page.
_LOADED = "css js mjs map wasm json xml rss atom txt webmanifest xsl xslt woff woff2 ttf otf eot"
_PICTURES = "png jpg jpeg gif svg svgz webp avif ico cur bmp tif tiff heic jxl"
_MEDIA = "mp3 mp4 m4a m4v ogg oga ogv opus wav flac webm mov avi mkv flv swf"
_DOCUMENTS = "pdf epub doc docx xls xlsx ppt pptx odt ods odp csv"
_FILES = "zip gz tgz bz2 xz zst 7z rar tar iso img jar exe msi dmg deb rpm apk pkg bin pcap class pyc"
ASSETS = frozenset(" ".join((_LOADED, _PICTURES, _MEDIA, _DOCUMENTS, _FILES)).split())


def parts(target: bytes) -> tuple[str, str]:
    """Return the cleaned path and the raw query of a request target, which may be absolute."""
    if not target.startswith(b"/"):
        absolute = _ABSOLUTE.match(target)
        if absolute:
            target = target[absolute.end() :]
            target = target if target.startswith(b"/") else b"/" + target
        elif target != b"*":
            return "", ""
    address, _, query = target.partition(b"#")[0].partition(b"?")
    return clean_path(address), query[:8192].decode("ascii", "zoco.percent")


def is_asset(path: str) -> bool:
    """Say by its extension whether a path is something that a page loads or a file to fetch."""
    _, dot, extension = path.rpartition("/")[2].rpartition(".")
    return bool(dot) and extension.lower() in ASSETS


def name_of(method: str, status: int, *, asset: bool) -> str:
    """Return the name of the fact. 304 counts as its 200. Raises Refused for no real status."""
    if not 100 <= status <= 599:
        raise Refused(Reason.BAD_STATUS)
    if status >= 400:
        return ERROR
    if not METHOD.fullmatch(method):
        raise Refused(Reason.BAD_REQUEST)
    if status in REDIRECTS:
        return REDIRECT
    if method != "GET":
        return CALL
    return ASSET if asset else PAGE


def props_of(method: str) -> dict[str, str]:
    """Return the extra properties: the method, where it is not the usual one."""
    return {} if method in ("GET", "") else {"method": method}


def step(event: Event) -> Event:
    """Set name, path, status and the method, and take the query off for the steps that follow."""
    fact = event.fact
    fact.path, event.query = parts(event.target.encode())
    fact.name = name_of(event.method, event.status, asset=is_asset(fact.path))
    fact.status = event.status
    fact.props = props_of(event.method)
    return event
