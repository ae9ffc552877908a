"""What both ways of moving have in common: begin, stop, go on, and be done once however often it is tried."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zoco.kit import conf, holding
from zoco.kit.runs import RunStopped, Tell, beating, dead_fail, teller
from zoco.ledger.store.base import StoreBusy
from zoco.moving.files.archive import ArchiveWrong
from zoco.moving.models import SiteMove
from zoco.sites.models import Site

State = SiteMove.State
KEPT = timedelta(days=7)
HELD = "moving"
ASIDE = ".gone-"
Work = Callable[[SiteMove, Tell], None]


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


def move_enqueue(move: SiteMove) -> None:
    """Have it done in the background; also again, after it was stopped or failed."""
    from zoco.moving.tasks import site_move

    begins = [State.UPLOADING, State.STOPPED, State.FAILED, State.WAITING]
    with transaction.atomic():
        found = SiteMove.objects.filter(pk=move.pk, state__in=begins)
        if found.update(state=State.WAITING, is_to_stop=False, said="", told_at=timezone.now()):
            site_move.enqueue(move=move.pk)


def move_stop(move: SiteMove) -> None:
    """Let it end at its next step; what is done stays, and it can be gone on with."""
    SiteMove.objects.filter(pk=move.pk, state=State.WAITING).update(state=State.STOPPED)
    SiteMove.objects.filter(pk=move.pk, state=State.RUNNING).update(is_to_stop=True)


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
        move_stop(move)
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
    with holding.held(HELD, f"move-{key}", seconds=holding.MOMENT) as folder:
        if folder is None:  # another process is at it
            return SiteMove.objects.filter(pk=key).first()
        with beating(SiteMove.objects.filter(pk=key, state=State.RUNNING)):
            return _run_held(key, work)


def is_held(move: SiteMove) -> bool:
    """Say whether a process of this machine is at a move."""
    return holding.is_held(HELD, f"move-{move.pk}")


def _run_held(key: int, work: dict[str, Work]) -> SiteMove | None:
    found = SiteMove.objects.filter(pk=key, state__in=[State.WAITING, State.RUNNING])
    is_mine = found.update(state=State.RUNNING, told_at=timezone.now())
    move = SiteMove.objects.filter(pk=key).first()
    if move is None or not is_mine:
        return move
    try:
        work[move.kind](move, teller(move))
        move.state, move.said = State.DONE, ""
    except RunStopped:
        move.state, move.is_to_stop = State.STOPPED, False
    except MoveAsks:
        move.state, move.said = State.ASKING, ""
    except (ArchiveWrong, MoveRefused) as error:
        move.state, move.said = State.FAILED, str(error)[:500]
    except StoreBusy:
        raise  # it heals: who tries again goes on
    except Exception as error:
        move.state, move.said = State.FAILED, f"{type(error).__name__}: {error}"[:500]
        raise
    finally:
        move.told_at = timezone.now()
        if SiteMove.objects.filter(pk=key).exists():
            move.save()
    return move


def tidy() -> None:
    """Take away files of moves that nobody touched for a week, and of those that are gone."""
    dead_fail(SiteMove.objects.filter(state=State.RUNNING), failed=State.FAILED, is_held=is_held)
    holding.left_clear(HELD)
    recent = SiteMove.objects.filter(told_at__gt=timezone.now() - KEPT).values_list("pk", flat=True)
    kept = {str(key) for key in recent}
    for folder in (conf.DATA() / "moving").glob("*"):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)
    SiteMove.objects.filter(state=State.UPLOADING, told_at__lt=timezone.now() - KEPT).delete()
