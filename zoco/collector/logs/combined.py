"""Apache's and nginx's combined format: common, then referrer and user agent."""

import re
from collections.abc import Sequence

from zoco.collector.logs.base import FORMATS, Hits
from zoco.collector.logs.clf import AGENTS, COMMON, MORE, ClfFormat
from zoco.collector.logs.cutting import Surprise, cut_combined

# So many lines are cut at once; a surprise in one of them costs the others time.
TOGETHER = 256


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
            some = lines[first : first + TOGETHER]
            try:
                cut = cut_combined(some)
            except Surprise:
                cut = super().hits(some)
            for column, values in zip(found, cut, strict=True):
                column.extend(values)
        return found
