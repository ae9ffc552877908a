"""Files that are uploaded and worked on in the background, step by step: what imports of any kind share.

One process is at a run at a time; one that dies leaves it as its last transaction was, and somebody goes on.
A model of runs has name, size, received, state, step, is_to_stop, done, total, said, said_places, created_by,
created_at and told_at; its states are those of `STATES`.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.kit import conf, holding
from zoco.kit.masks import masked
from zoco.kit.pieces import piece_write
from zoco.kit.runs import RunStopped, Tell, beating, collecting_rarely, dead_fail, teller
from zoco.kit.said import Said
from zoco.sites.wording import packed_said

UPLOADING, WORKING, READ, PLANNED, DONE, STOPPED, FAILED = STATES = (
    "uploading", "working", "read", "planned", "done", "stopped", "failed",
)  # fmt: skip
# `zoco.kit.runs.ENDED`: the kit has no catalogue, and each page of a run, here and above, says it translated.
gettext_noop("The process ended.")
Run = TypeVar("Run", bound=Model)


class NotUploading(ValueError):
    """The file of a run is there already."""


@dataclass(frozen=True, slots=True)
class Stepped(Generic[Run]):
    """Runs of one model. Their files lie in a folder `kept_in` of the data for as long as `kept`.

    `begins` says from which states a step begins; one that was stopped or failed goes on besides. `enqueue`
    gets the key of a run and has `through` called in the background.
    """

    model: type[Run]
    kept_in: str
    begins: Mapping[str, Sequence[str]]
    enqueue: Callable[[int], object]
    kept: timedelta = timedelta(days=30)

    @property
    def _rows(self) -> Any:
        return self.model._default_manager

    def path_of(self, key: int) -> Path:
        """Return where the files of a run lie, or would."""
        return conf.DATA() / self.kept_in / str(key)

    def folder_of(self, run: Run) -> Path:
        """Return where the files of a run lie, made if it is not there."""
        folder = self.path_of(run.pk)
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        return folder

    def made(self, *, name: str, fallback: str, **fields: Any) -> Run:
        """Note a run whose file is to come; of its name what may be kept."""
        short = Path(name.replace("\\", "/").replace("\0", "")).name[-200:] or fallback
        run: Run = self._rows.create(name=short, **fields)
        shutil.rmtree(self.folder_of(run))  # of one under the same number, before a backup was restored
        return run

    def to_come(self) -> list[int]:
        """Return how many bytes are still to come of each upload that is begun."""
        begun = self._rows.filter(state=UPLOADING, told_at__gt=timezone.now() - self.kept)
        return [size - received for size, received in begun.values_list("size", "received")]

    def part_take(self, run: Any, *, offset: int, piece: bytes) -> int:
        """Write a piece of the file; returns how many bytes are there. Raises NotUploading, PieceWrong."""
        if run.state != UPLOADING:
            raise NotUploading
        path = self.folder_of(run) / "upload"
        received = piece_write(path, offset=offset, piece=piece, size=run.size)
        self._rows.filter(pk=run.pk).update(received=received, told_at=timezone.now())
        return received

    def step_begin(self, run: Run, step: str, **fields: object) -> bool:
        """Have a step done in the background; returns whether it begins."""
        with transaction.atomic():
            again = Q(step=step, state__in=[STOPPED, FAILED])
            found = self._rows.filter(again | Q(state__in=list(self.begins[step])), pk=run.pk)
            fresh: dict[str, object] = {
                "state": WORKING, "step": step, "is_to_stop": False, "said": "", "said_places": {}, "done": 0,
            }  # fmt: skip
            begun = found.update(**{**fresh, **fields, "told_at": timezone.now()})
            if begun:
                self.enqueue(run.pk)
        return bool(begun)

    def stop(self, run: Run) -> None:
        """Let it end behind the rows that it is at."""
        self._rows.filter(pk=run.pk, state=WORKING).update(is_to_stop=True)

    def discard(self, run: Run) -> None:
        """Forget a run that is not being worked on, with its file. What it wrote stays."""
        if self._rows.filter(pk=run.pk).exclude(state=WORKING).delete()[0]:
            shutil.rmtree(self.path_of(run.pk), ignore_errors=True)

    def through(self, key: int, work: Callable[[Run, Path, Tell], str]) -> Run | None:
        """Do the step that was asked for; one that was cut off goes on. What went wrong stands in the run.

        `work` gets the run, a folder for scratch, and what to tell, and returns the state that it ends in.
        """
        with holding.held(self.kept_in, f"import-{key}", seconds=holding.MOMENT) as scratch:
            run = self._rows.filter(pk=key).first()
            if scratch is None or run is None or run.state != WORKING:
                return run  # type: ignore[no-any-return]
            with beating(self._rows.filter(pk=key, state=WORKING)), collecting_rarely():
                return self._held(run, scratch, work)

    def _held(self, run: Any, scratch: Path, work: Callable[[Run, Path, Tell], str]) -> Run:
        try:
            run.state = work(run, scratch, teller(run))
        except RunStopped:
            run.state, run.is_to_stop = STOPPED, False
        except Said as error:
            run.state = FAILED
            run.said, run.said_places = packed_said(error)
        except Exception as error:
            # PostgreSQL names the values that a constraint refused: no address of anybody stays in the run.
            run.state, run.said = FAILED, masked(f"{type(error).__name__}: {error}")[:500]
            raise
        finally:
            run.told_at = timezone.now()
            if self._rows.filter(pk=run.pk).exists():
                run.save()
        return run  # type: ignore[no-any-return]

    def is_held(self, run: Run) -> bool:
        """Say whether a process of this machine is at a run."""
        return holding.is_held(self.kept_in, f"import-{run.pk}")

    def look(self) -> None:
        """Let runs that died with their process have failed, so that somebody can go on with them."""
        dead_fail(self._rows.filter(state=WORKING), failed=FAILED, is_held=self.is_held)

    def tidy(self) -> None:
        """Take away files that are old or nobody's.

        Folders are listed before it is asked whose they are: one that is made meanwhile is somebody's.
        """
        holding.left_clear(self.kept_in)
        folders, since = list((conf.DATA() / self.kept_in).glob("*")), timezone.now() - self.kept
        recent = self._rows.filter(told_at__gt=since).values_list("pk", flat=True)
        kept = {str(key) for key in recent}
        for folder in folders:
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
        self._rows.filter(told_at__lt=since).exclude(state__in=[DONE, WORKING]).delete()
