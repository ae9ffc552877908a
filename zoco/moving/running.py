"""What both ways of moving have in common: begin, stop, go on, and be done once however often it is tried."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import QuerySet
from django.utils import timezone

from zoco.kit import conf
from zoco.kit.runs import Tell
from zoco.ledger.store.base import StoreBusy
from zoco.moving.files.archive import ArchiveWrong
from zoco.moving.models import SiteMove
from zoco.sites.models import Site
from zoco.sites.runs import Ending, Runs

State = SiteMove.State
KEPT = timedelta(days=7)
HELD = "moving"
ASIDE = ".gone-"
Work = Callable[[SiteMove, Tell], str | None]


class MoveRefused(ValueError):
    """This site cannot be moved as it was asked for; the message says why and what to do."""


class MoveAsks(Exception):
    """An archive would go into a site that is here; `target` of the move says which, and a person decides."""


def origin_of(site: Site) -> str:
    """Return what tells a site from those of all other installations."""
    return hashlib.sha256(f"zoco.site {site.key_name}".encode()).hexdigest()[:32]


def came_from_elsewhere(site: int) -> bool:
    """Say whether facts of a site came out of another site's archive, numbered with a key not its own."""
    own = [origin_of(each) for each in Site.objects.filter(pk=site)]
    moves = SiteMove.objects.filter(kind=SiteMove.Kind.IN, site=site).exclude(origin__in=["", *own])
    return moves.exists()


def folder_of(move: SiteMove) -> Path:
    """Return the folder of a move's files, made if it is not there."""
    folder = conf.DATA() / "moving" / str(move.pk)
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    return folder


def archive_of(move: SiteMove) -> Path:
    """Return where the archive of a move lies."""
    return Path(move.path) if move.path else folder_of(move) / "archive.zip"


def _enqueue(key: int) -> None:
    from zoco.moving.tasks import site_move

    site_move.enqueue(move=key)


def _lock(move: SiteMove) -> str:
    return f"move-{move.pk}"


def _ending(error: Exception) -> Ending | None:
    if isinstance(error, MoveAsks):
        return Ending(State.ASKING)
    return Ending(State.FAILED, str(error)) if isinstance(error, ArchiveWrong | MoveRefused) else None


RUNS = Runs(
    model=SiteMove,
    held_in=HELD,
    enqueue=_enqueue,
    lock=_lock,
    waiting=State.WAITING,
    working=State.RUNNING,
    ends=_ending,
    heals=(StoreBusy,),  # who tries again goes on
    links=("site_id", "target_id"),
)


def move_enqueue(move: SiteMove) -> None:
    """Have it done in the background; also again, after it was stopped or failed."""
    begins = [State.UPLOADING, State.STOPPED, State.FAILED, State.WAITING]
    RUNS.again_from(SiteMove.objects.filter(state__in=begins), move)


def move_delete(move: SiteMove) -> None:
    """Forget the files of a move that is over; an import stays known by its row."""
    if not move.is_open:
        shutil.rmtree(conf.DATA() / "moving" / str(move.pk), ignore_errors=True)


def archives_of(moves: QuerySet[SiteMove]) -> list[Path]:
    """Return the folders of moves in which there are files."""
    folders = [conf.DATA() / "moving" / str(key) for key in moves.values_list("pk", flat=True)]
    return [folder for folder in folders if any(path.is_file() for path in folder.rglob("*"))]


def archives_set_aside(moves: QuerySet[SiteMove]) -> None:
    """Stop moves and put their files where nobody gets or writes them; what deletes them comes later."""
    for move in moves:
        RUNS.stop(move)
    for folder in archives_of(moves):
        folder.rename(folder.with_name(f"{ASIDE}{folder.name}.{os.urandom(4).hex()}"))


def archives_forget(moves: QuerySet[SiteMove]) -> int:
    """Delete the files of moves here, and what was set aside before; returns of how many moves."""
    archives_set_aside(moves)
    aside = list((conf.DATA() / "moving").glob(f"{ASIDE}*"))
    for folder in aside:
        shutil.rmtree(folder)
    return len(aside)


def site_forget(site: int, until: datetime) -> None:
    """Stop what moves a site that is emptied, and forget its archives here."""
    archives_forget(SiteMove.objects.filter(site=site, created_at__lte=until))
    known = {str(key) for key in SiteMove.objects.values_list("pk", flat=True)}
    for folder in (conf.DATA() / "moving").glob("*"):
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)


def run_through(*, key: int, work: dict[str, Work]) -> SiteMove | None:
    """Do a move that was asked for; one that was cut off goes on. What went wrong stands in it."""
    return RUNS.through(key, lambda move, _scratch, tell: work[move.kind](move, tell))


def tidy() -> None:
    """Take away files of moves that nobody touched for a week, and of those that are gone."""
    RUNS.look()
    recent = SiteMove.objects.filter(told_at__gt=timezone.now() - KEPT).values_list("pk", flat=True)
    kept = {str(key) for key in recent}
    for folder in (conf.DATA() / "moving").glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    SiteMove.objects.filter(state=State.UPLOADING, told_at__lt=timezone.now() - KEPT).delete()
