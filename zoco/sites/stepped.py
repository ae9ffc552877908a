"""Files that are uploaded and worked on in the background, step by step: what imports of any kind share.

A model of such runs has name, size, received, state, step, is_to_stop, done, total, said, said_places,
created_by, created_at and told_at; its states are those of `STATES`. How they run is in `zoco.sites.runs`.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils import timezone

from zoco.kit import conf, holding
from zoco.kit.pieces import piece_write
from zoco.kit.runs import Tell, collecting_rarely
from zoco.sites.runs import DONE, FAILED, STOPPED, Run, Runs

UPLOADING, WORKING, READ, PLANNED = "uploading", "working", "read", "planned"
STATES = (UPLOADING, WORKING, READ, PLANNED, DONE, STOPPED, FAILED)


class NotUploading(ValueError):
    """The file of a run is there already."""


def lock_named(run: Any) -> str:
    """Name the lock of a run."""
    return f"import-{run.pk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped(Runs[Run]):
    """Runs of one model. Their files lie in a folder `held_in` of the data for as long as `kept`.

    `begins` says from which states a step begins; one that was stopped or failed goes on besides.
    """

    begins: Mapping[str, Sequence[str]]
    kept: timedelta = timedelta(days=30)
    lock: Callable[[Any], str] = lock_named

    def path_of(self, key: int) -> Path:
        """Return where the files of a run lie, or would."""
        return conf.DATA() / self.held_in / str(key)

    def folder_of(self, run: Run) -> Path:
        """Return where the files of a run lie, made if it is not there."""
        folder = self.path_of(run.pk)
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        return folder

    def made(self, *, name: str, fallback: str, **fields: Any) -> Run:
        """Note a run whose file is to come; of its name what may be kept."""
        short = Path(name.replace("\\", "/").replace("\0", "")).name[-200:] or fallback
        run: Run = self.rows.create(name=short, **fields)
        shutil.rmtree(self.folder_of(run))  # of one under the same number, before a backup was restored
        return run

    def to_come(self) -> list[int]:
        """Return how many bytes are still to come of each upload that is begun."""
        begun = self.rows.filter(state=UPLOADING, told_at__gt=timezone.now() - self.kept)
        return [size - received for size, received in begun.values_list("size", "received")]

    def part_take(self, run: Any, *, offset: int, piece: bytes) -> int:
        """Write a piece of the file; returns how many bytes are there. Raises NotUploading, PieceWrong."""
        if run.state != UPLOADING:
            raise NotUploading
        path = self.folder_of(run) / "upload"
        received = piece_write(path, offset=offset, piece=piece, size=run.size)
        self.rows.filter(pk=run.pk).update(received=received, told_at=timezone.now())
        return received

    def step_begin(self, run: Run, step: str, **fields: object) -> bool:
        """Have a step done in the background; returns whether it begins."""
        again = Q(step=step, state__in=[STOPPED, FAILED])
        found = self.rows.filter(again | Q(state__in=list(self.begins[step])))
        return self.again_from(found, run, **{"step": step, "done": 0, **fields})

    def discard(self, run: Run) -> bool:
        """Forget a run that is not being worked on, with its file. What it wrote stays."""
        is_gone = Runs.discard(self, run)
        if is_gone:
            shutil.rmtree(self.path_of(run.pk), ignore_errors=True)
        return is_gone

    def step_through(self, key: int, work: Callable[[Any, Path, Tell], str]) -> Run | None:
        """Do the step that was asked for; one that was cut off goes on. What went wrong stands in the run.

        `work` gets the run, a folder for scratch, and what to tell, and returns the state that it ends in.
        """
        with collecting_rarely():
            return self.through(key, work)

    def tidy(self) -> None:
        """Take away files that are old or nobody's.

        Folders are listed before it is asked whose they are: one that is made meanwhile is somebody's.
        """
        holding.left_clear(self.held_in)
        folders, since = list((conf.DATA() / self.held_in).glob("*")), timezone.now() - self.kept
        recent = self.rows.filter(told_at__gt=since).values_list("pk", flat=True)
        kept = {str(key) for key in recent}
        for folder in folders:
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
        self.rows.filter(told_at__lt=since).exclude(state__in=[DONE, WORKING]).delete()
