"""Apache's and nginx's combined format: common, then referrer and user agent."""

import re

from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.clf import AGENTS, COMMON, MORE, ClfFormat


@FORMATS.plug
class Combined(ClfFormat):
    """LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"", and more."""

    key = "combined"
    label = "Apache or nginx, combined"
    example = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203 "-" "Mozilla/5.0"'
    pattern = re.compile(rb"()" + COMMON + AGENTS + MORE)
