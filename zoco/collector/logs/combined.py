"""Apache's and nginx's combined format: common, then referrer and user agent."""

import re

from zoco.collector.logs.base import FORMATS, Hit
from zoco.collector.logs.clf import AGENTS, COMMON, MORE, ClfFormat, plain_combined


@FORMATS.plug
class Combined(ClfFormat):
    """LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"", and more."""

    key = "combined"
    label = "Apache or nginx, combined"
    example = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203 "-" "Mozilla/5.0"'
    pattern = re.compile(rb"()" + COMMON + AGENTS + MORE, re.S)

    def hit(self, line: bytes) -> Hit:
        plain = plain_combined(line)
        if plain is None:
            return super().hit(line)
        who, stamp, request, status, referrer, agent = plain
        address, _, rest = who.partition(b" ")
        if not address or rest.count(b" ") < 2:
            return super().hit(line)
        return b"", address, stamp, request, status, referrer, agent
