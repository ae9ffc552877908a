"""Apache's and nginx's combined format: common, then referrer and user agent."""

import re
from collections.abc import Sequence

from zoco.collector.logs.base import FORMATS, Hits
from zoco.collector.logs.clf import AGENTS, COMMON, MORE, ClfFormat
from zoco.collector.logs.cutting import Surprise, cut_combined

# So many lines are cut at once. Where one of them holds a surprise, halves are tried, down to a few.
TOGETHER, FEW = 512, 32


@FORMATS.plug
class Combined(ClfFormat):
    """LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"", and more."""

    key = "combined"
    label = "Apache or nginx, combined"
    example = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203 "-" "Mozilla/5.0"'
    pattern = re.compile(rb"()" + COMMON + AGENTS + MORE, re.S)

    def hits(self, lines: Sequence[bytes]) -> Hits:
        found: Hits = ([], [], [], [], [], [], [])
        for first in range(0, len(lines), TOGETHER):
            self._cut(lines[first : first + TOGETHER], found)
        return found

    def _cut(self, lines: Sequence[bytes], found: Hits) -> None:
        try:
            cut = cut_combined(lines)
        except Surprise:
            if len(lines) > FEW:
                half = len(lines) // 2
                self._cut(lines[:half], found)
                self._cut(lines[half:], found)
                return
            cut = super().hits(lines)
        for column, values in zip(found, cut, strict=True):
            column.extend(values)
