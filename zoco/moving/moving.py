"""Both ways of moving a site, and the upload of an archive."""

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit import conf
from zoco.kit.pieces import PieceWrong, piece_write
from zoco.moving.exporting import export_do
from zoco.moving.importing import import_do
from zoco.moving.models import SiteMove
from zoco.moving.running import KEPT, MoveRefused, archive_of, run_through
from zoco.sites import uploads

SITE_ARCHIVE_BYTES = conf.declare(
    "SITE_ARCHIVE_BYTES", 16 << 30, int, "The largest archive of a site that may be uploaded, in bytes."
)


def through(*, key: int) -> SiteMove | None:
    """Do a move, whichever way."""
    return run_through(key=key, work={SiteMove.Kind.OUT: export_do, SiteMove.Kind.IN: import_do})


def import_begin(*, name: str, size: int, by: int | None, path: str = "") -> SiteMove:
    """Note an import; without a path its archive is still to be uploaded. Raises MoveRefused.

    One of the same file that did not come to its end is gone on with. One that runs stays as it is: whoever
    is at it tells its end, and one whose process died is taken up as it is.
    """
    if not path and not 0 < size <= (most := SITE_ARCHIVE_BYTES()):
        raise MoveRefused(
            _("%(name)s has %(size)s bytes; an archive has between 1 and %(most)s.")
            % {"name": name[:100], "size": size, "most": most}
        )
    if not path:
        try:
            uploads.room_check(kind="archives", name=name[:100], size=size)
        except uploads.NoRoom as error:
            raise MoveRefused(str(error)) from error
    short = Path(name.replace("\\", "/")).name[-200:] or "archive.zip"
    begun = SiteMove.objects.filter(kind=SiteMove.Kind.IN, path=path, size=size) if path else None
    if begun and (again := begun.exclude(state=SiteMove.State.DONE).order_by("-pk").first()):
        others = SiteMove.objects.exclude(state__in=[SiteMove.State.RUNNING, SiteMove.State.DONE])
        others.filter(pk=again.pk).update(
            state=SiteMove.State.WAITING, is_to_stop=False, said="", told_at=timezone.now()
        )
        return SiteMove.objects.get(pk=again.pk)
    state = SiteMove.State.WAITING if path else SiteMove.State.UPLOADING
    return SiteMove.objects.create(
        kind=SiteMove.Kind.IN, name=short, size=size, path=path, state=state, created_by_id=by
    )


def uploads_to_come() -> list[int]:
    """Return how many bytes are still to come of each archive whose upload is begun."""
    begun = SiteMove.objects.filter(state=SiteMove.State.UPLOADING, told_at__gt=timezone.now() - KEPT)
    return [size - received for size, received in begun.values_list("size", "received")]


def part_take(*, move: SiteMove, offset: int, piece: bytes) -> int:
    """Write a piece of an archive where it belongs; returns how many bytes are there. Raises MoveRefused."""
    if move.state != SiteMove.State.UPLOADING:
        raise MoveRefused(_("The file is there already."))
    path = archive_of(move)
    try:
        received = piece_write(path, offset=offset, piece=piece, size=move.size)
    except PieceWrong as wrong:
        words = _("This piece does not fit; %(there)s bytes are there.")
        raise MoveRefused(words % {"there": wrong.there}) from wrong
    SiteMove.objects.filter(pk=move.pk).update(received=received, told_at=timezone.now())
    return received
