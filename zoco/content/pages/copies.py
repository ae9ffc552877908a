"""Copies of pictures as mail programs show them: JPEG or PNG, twice as dense as shown, of a limited weight.

Named after what is in them, so the same copy is kept once and never changes. Nothing of the file but its
picture goes along: no place where it was taken, no camera.
"""

import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_noop
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from zoco.kit.pictures import PictureWrong

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
FOLDER = "letters"
DENSITY = 2
HEAVIEST = 300_000
"""Octets of a copy."""
PIXELS_MOST = 40_000_000
_SCALES = (1.0, 0.75, 0.5, 0.35, 0.25)
_QUALITIES = (82, 70, 55)


@dataclass(frozen=True, slots=True)
class Copied:
    """Where a copy lies, and the pixels in which it is shown."""

    name: str
    width: int
    height: int


def copy_keep(file: IO[bytes], *, width: int) -> Copied:
    """Keep a copy that is shown at most `width` wide. Raises PictureWrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # pixels are held below
            octets, kind, size = _made(file, width)
    except PictureWrong:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise PictureWrong(gettext_noop("The file is no picture that can be read.")) from wrong
    name = f"{FOLDER}/{sha256(octets).hexdigest()[:32]}.{kind}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(octets))
    shown = min(width, size[0])
    return Copied(name, shown, max(round(shown * size[1] / size[0]), 1))


def _made(file: IO[bytes], width: int) -> tuple[bytes, str, tuple[int, int]]:
    """Return a copy's octets, what it is, and the pixels of the original as one looks at it."""
    with Image.open(file, formats=FORMATS) as opened:
        if opened.width * opened.height > PIXELS_MOST:
            words = gettext_noop("The picture has more than %(most)s million pixels; make it smaller first.")
            raise PictureWrong(words, most=PIXELS_MOST // 1_000_000)
        is_turned = opened.getexif().get(0x0112, 1) >= 5
        size = (opened.height, opened.width) if is_turned else opened.size
        is_drawn = opened.format in ("PNG", "GIF")
        opened.draft("RGB", (DENSITY * width, DENSITY * width))
        picture = _plain(ImageOps.exif_transpose(opened))
    for octets, kind in _tries(picture, min(DENSITY * width, size[0]), is_drawn):
        if len(octets) <= HEAVIEST:
            return octets, kind, size
    raise PictureWrong(gettext_noop("The picture is too large for a letter; cut it first."))


def _plain(picture: Image.Image) -> Image.Image:
    """Return it in the colours of screens, with a mask only if one sees through it."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and mode == "RGB":
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(
                picture, given, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            if turned is not None:
                return turned
    return picture.convert(mode)


def _tries(picture: Image.Image, width: int, is_drawn: bool) -> Iterator[tuple[bytes, str]]:
    """Give copies, each lighter than the last: what is drawn as PNG first, photographs as JPEG."""
    is_masked = picture.mode == "RGBA"
    for scale in _SCALES:
        wide = max(round(width * scale), 1)
        size = (wide, max(round(wide * picture.height / picture.width), 1))
        small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        if is_drawn or is_masked:
            yield _octets(small, "PNG", optimize=True), "png"
            few = small.quantize(256, method=Image.Quantize.FASTOCTREE)
            yield _octets(few, "PNG", optimize=True), "png"
        if not is_masked:
            for quality in _QUALITIES:
                yield _octets(small, "JPEG", quality=quality, optimize=True, progressive=True), "jpg"


def _octets(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()
