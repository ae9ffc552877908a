"""One log on its way into the spool: read, turn into facts, write segments, remember how far.

Segments are durable before the checkpoint that covers them, so an import can be killed anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from zoco.collector.lists.confirmed import Patience
from zoco.collector.logs.base import FORMATS, LogFormat, find_format
from zoco.collector.logs.equal import GENERATION
from zoco.collector.logs.files.reading import CHUNK, Cutter, LogFile
from zoco.collector.logs.headed.heads import Heads, bare, head_before, is_headed, knows_heads
from zoco.collector.logs.quick import Counts, Quick, Refusal
from zoco.collector.logs.state import Checkpoint, Mark, Memory
from zoco.collector.reasons import Reason
from zoco.ledger.spool.bulk import BulkTable
from zoco.sites.published import PublishedSite

# The engine keeps facts in groups of 122,880. Whole groups are written once; a little more or less
# is written again later, so a segment is two groups or just under.
SEGMENT_FACTS = 2 * 122_880
SEGMENT_BYTES = 96 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What all files of a run have in common. `data` is the data folder, `received_at` the run's moment."""

    site: PublishedSite
    data: Path
    instance: str
    received_at: int
    format: str = ""
    any_host: bool = False
    from_start: bool = False
    segment_facts: int = SEGMENT_FACTS
    patience: Patience = field(default_factory=Patience)

    @property
    def spool(self) -> Path:
        return self.data / "spool"

    @property
    def memory(self) -> Path:
        return self.data / "imports"


def _nothing() -> None:
    return None


def _not_shown(log: str, refusal: Refusal) -> None:
    return None


class LogImport:
    """The import of one log. `after_segment` is called whenever facts have become durable, `on_refused`
    for each refusal, with the name of the log.
    """

    def __init__(
        self,
        plan: Plan,
        log: LogFile,
        after_segment: Callable[[], None] = _nothing,
        on_refused: Callable[[str, Refusal], None] = _not_shown,
    ) -> None:
        self.plan = plan
        self.log = log
        self.after_segment = after_segment
        self.on_refused = on_refused
        self.memory = Memory(plan.memory, log, plan.instance, plan.site.id, plan.format, plan.any_host)
        self.cutter = Cutter()
        self.number = 0
        self.lines_before = 0
        self.previous = self.current = Mark()
        self.quick: Quick | None = None
        self.heads: Heads | None = None
        checkpoint = None if plan.from_start or log.is_stdin else self.memory.load()
        self.memory.begin(checkpoint)
        if checkpoint is not None:
            self._resume(checkpoint)

    @property
    def counts(self) -> Counts:
        """Return what became of the lines read by this run."""
        return self.quick.counts if self.quick else Counts()

    def read_on(self) -> bool:
        """Take the next bytes; False at the present end of the file."""
        place = Mark(self.cutter.offset, self.number)
        chunk = self.log.read()
        if not chunk:
            return False
        lines = self.cutter.feed(chunk)
        self._take(lines, place)
        quick = self.quick
        if quick and (quick.waiting + len(lines) > self.plan.segment_facts or quick.size >= SEGMENT_BYTES):
            self.flush()
        return True

    def finish(self) -> None:
        """Take the last line, whole or not, write everything, let go of the file."""
        place, tail = Mark(self.cutter.offset, self.number), self.cutter.tail
        last = self.cutter.last()
        if last is not None:
            if self._format([last]).is_whole(tail):
                self._take([last], place)
            else:
                self._refuse_tail(place, last)
        self.close()

    def close(self) -> None:
        """Write everything that is read, let go of the file; an unfinished last line stays for later."""
        self.flush()
        self.memory.close()
        self.log.close()

    def abandon(self) -> None:
        """Drop what is not written; the next run reads its lines again."""
        self.log.close()

    def flush(self) -> None:
        """Make what was read durable and remember the place."""
        had_facts = self.quick is not None and bool(self.quick.waiting)
        if self.quick is not None:
            if had_facts:
                with BulkTable(self.plan.spool, self.plan.instance) as segment:
                    segment.write(self.quick.take())
            place = Mark(self.cutter.offset, self.number)
            self.memory.save(self.quick.format.key, place, self.previous, self.current)
        if had_facts:
            self.after_segment()

    def _format(self, lines: list[bytes]) -> LogFormat:
        if self.quick is None:
            found = FORMATS.get(self.plan.format) if self.plan.format else self._found(lines)
            self.quick = self._quick(found)
        return self.quick.format

    def _found(self, lines: list[bytes]) -> LogFormat:
        return self.heads.format() if self.heads else find_format(lines)

    def _quick(self, log_format: LogFormat) -> Quick:
        name = "stdin" if self.log.is_stdin else Path(self.log.name).name[:200]
        plan = self.plan
        return Quick(
            plan.site, log_format, name, plan.received_at, any_host=plan.any_host, patience=plan.patience
        )

    def _take(self, lines: list[bytes], place: Mark) -> None:
        """Turn lines into facts, a generation at a time; `place` is where the first of them begins."""
        if not lines:
            return
        if self.quick is None and is_headed(lines):
            self.heads = Heads()
        lines = self.heads.joined(lines) if self.heads else lines
        self._format(lines)
        while lines:
            room = GENERATION - self.number % GENERATION
            self._write(lines[:room])
            lines = lines[room:]
            if self.number % GENERATION == 0:
                self._turn(place)

    def _turn(self, place: Mark) -> None:
        self.previous, self.current = self.current, place
        if self.quick is not None:
            self.quick.turn()

    def _write(self, lines: list[bytes]) -> None:
        if self.quick is None:
            return
        self.quick.read(lines, self.number + 1)
        self.number += len(lines)
        self._tell(self.quick)

    def _tell(self, quick: Quick) -> None:
        if quick.refusals:
            refusals, quick.refusals = quick.refusals, []
            self.memory.refuse(refusals)
            for refusal in refusals:
                self.on_refused(self.log.name, refusal._replace(line=bare(refusal.line)))

    def _refuse_tail(self, place: Mark, last: bytes) -> None:
        """Count a torn last line and step back before it: it may be whole next time."""
        self._format([last])
        if self.quick is not None:
            self.quick.counts.lines += 1
            self.quick.counts.refused[Reason.TORN] += 1
            self.quick.refusals.append(Refusal(self.number + 1, Reason.TORN, last))
            self._tell(self.quick)
        self.cutter = Cutter(place.offset)

    def _resume(self, checkpoint: Checkpoint) -> None:
        """Go on behind the checkpoint, after counting again the equal lines of two generations."""
        self.quick = self._quick(FORMATS.get(checkpoint.format))
        self.previous, self.current = checkpoint.previous, checkpoint.current
        if knows_heads(self.quick.format):
            self.heads = Heads(head_before(self.log.name, self.previous.offset))
        end = checkpoint.place
        begin = (end.number // GENERATION - 1) * GENERATION
        self.log.skip(self.previous.offset)
        self.cutter, self.number = Cutter(self.previous.offset), self.previous.number
        while self.log.offset < end.offset:
            chunk = self.log.read(min(CHUNK, end.offset - self.log.offset))
            if not chunk:
                break
            self._recall(self.cutter.feed(chunk), begin)
        last = self.cutter.last()
        self._recall([] if last is None else [last], begin)
        self.lines_before = self.number

    def _recall(self, lines: list[bytes], begin: int) -> None:
        if self.quick is None:
            return
        lines = self.heads.joined(lines) if self.heads else lines
        while lines:
            room = GENERATION - self.number % GENERATION
            skipped = max(0, begin - self.number)
            self.quick.recall(lines[:room][skipped:])
            self.number += len(lines[:room])
            lines = lines[room:]
            if self.number % GENERATION == 0:
                self.quick.turn()
