"""What an import did, in words for a person and as JSON for a program."""

from dataclasses import dataclass, field
from typing import Any

from zoco.collector.logs.quick import Counts
from zoco.collector.reasons import Tally
from zoco.collector.steps.blocking import WISHED
from zoco.kit.commands import Exit


@dataclass(slots=True)
class FileSummary:
    """One file. `read_before` are lines that an earlier run read; `problem` is why it was not read whole."""

    file: str
    format: str = ""
    counts: Counts = field(default_factory=Counts)
    read_before: int = 0
    refused_list: str = ""
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing in it at all."""
        return not (self.counts.lines or self.counts.blank or self.read_before or self.problem)

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "format": self.format,
            "lines": self.counts.lines,
            "facts": self.counts.facts,
            "blank": self.counts.blank,
            "read_before": self.read_before,
            "refused": self.counts.refused.as_json(),
            "refused_list": self.refused_list,
            "problem": self.problem,
        }


@dataclass(slots=True)
class Summary:
    """The whole run. Of the facts that the lines gave, `added` are new, the others were there already."""

    site: str
    files: list[FileSummary] = field(default_factory=list)
    added: int = 0
    seconds: float = 0.0
    is_stopped: bool = False

    @property
    def lines(self) -> int:
        return sum(file.counts.lines for file in self.files)

    @property
    def facts(self) -> int:
        return sum(file.counts.facts for file in self.files)

    @property
    def refused(self) -> Tally:
        total = Tally()
        for file in self.files:
            total.update(file.counts.refused)
        return total

    def as_json(self) -> dict[str, Any]:
        """Return the documented shape; new keys may come, these stay."""
        return {
            "site": self.site,
            "lines": self.lines,
            "facts": self.facts,
            "added": self.added,
            "already_there": self.facts - self.added,
            "read_before": sum(file.read_before for file in self.files),
            "refused": self.refused.as_json(),
            "seconds": round(self.seconds, 3),
            "stopped": self.is_stopped,
            "files": [file.as_json() for file in self.files],
        }

    def words(self) -> str:
        """Return a few lines for a person."""
        before = sum(file.read_before for file in self.files)
        rows = [
            f"{self.lines:,} lines read in {self.seconds:.1f} s"
            + (f", after {before:,} that an earlier import read" if before else "")
            + ".",
            f"{self.added:,} facts added to {self.site}, {self.facts - self.added:,} were there already.",
        ]
        rows += [f"{count:,} refused: {reason.sentence}" for reason, count in self.refused.most_common()]
        rows += [
            f"All refusals of {file.file}: {file.refused_list}" for file in self.files if file.refused_list
        ]
        rows += [file.problem for file in self.files if file.problem]
        rows += [f"{file.file} is empty." for file in self.files if file.is_empty]
        if before and not self.lines:
            rows.append("Nothing new; --from-start reads everything again.")
        return "\n".join(rows)

    def exit(self) -> Exit:
        """Return the exit code: stopped, failed when nothing could be read, in part when some was not."""
        if self.is_stopped:
            return Exit.STOPPED
        problems = [file for file in self.files if file.problem]
        if problems and len(problems) == len(self.files) and not self.lines:
            return Exit.FAILED
        return Exit.PARTLY if problems or self.refused.keys() - WISHED else Exit.OK
