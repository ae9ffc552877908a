"""Files that are uploaded and worked on in the background, step by step: what imports of any kind share.

How they run is in `zoco.sites.runs`.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zoco.kit import conf, holding
from zoco.kit.pieces import PieceWrong, piece_write
from zoco.kit.runs import Tell, collecting_rarely
from zoco.sites.runs import BackgroundRun, Run, Runs


class ImportWrong(ValueError):
    """This cannot be done with the import as it is; the message says why."""


class SteppedRun(BackgroundRun):
    """One uploaded file. Which columns it has was read, what becomes of each is chosen.

    `columns` are its columns as they were read, `mapping` says what becomes of each, by key; `options` hold
    for all rows, `place` is where in the rows it goes on.
    """

    class State(models.TextChoices):
        """How far it is."""

        UPLOADING = "uploading", gettext_lazy("Not uploaded in full")
        WORKING = "working", pgettext_lazy("import", "Being worked on")
        READ = "read", pgettext_lazy("import", "Read: say what the columns are")
        PLANNED = "planned", pgettext_lazy("import", "Ready to be imported")
        DONE = "done", pgettext_lazy("import", "Imported")
        STOPPED = "stopped", gettext_lazy("Stopped")
        FAILED = "failed", pgettext_lazy("state", "Failed")

    class Step(models.TextChoices):
        """What is, or was, being done with it."""

        READ = "read", pgettext_lazy("import", "reading the file")
        PLAN = "plan", pgettext_lazy("import", "trying it out")
        WRITE = "write", pgettext_lazy("import", "importing")

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.UPLOADING)
    step = models.CharField(max_length=5, choices=Step.choices, default=Step.READ)
    size = models.PositiveBigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    place = models.PositiveBigIntegerField(default=0)
    forms = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    said = models.CharField(max_length=500, blank=True)
    said_places = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.name)


State = SteppedRun.State


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
        begun = self.rows.filter(state=State.UPLOADING, told_at__gt=timezone.now() - self.kept)
        return [size - received for size, received in begun.values_list("size", "received")]

    def part_take(self, run: Any, *, offset: int, piece: bytes) -> int:
        """Write a piece of the file; returns how many bytes are there. Raises ImportWrong."""
        if run.state != State.UPLOADING:
            raise ImportWrong(_("The file is there already."))
        path = self.folder_of(run) / "upload"
        try:
            received = piece_write(path, offset=offset, piece=piece, size=run.size)
        except PieceWrong as wrong:
            words = _("This piece does not fit; %(there)s bytes are there.")
            raise ImportWrong(words % {"there": wrong.there}) from wrong
        self.rows.filter(pk=run.pk).update(received=received, told_at=timezone.now())
        return received

    def step_begin(self, run: Run, step: str, **fields: object) -> bool:
        """Have a step done in the background; returns whether it begins."""
        again = Q(step=step, state__in=[State.STOPPED, State.FAILED])
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
        self.rows.filter(told_at__lt=since).exclude(state__in=[State.DONE, State.WORKING]).delete()
