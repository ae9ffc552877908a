"""The Common Log Format of NCSA httpd: no referrer, no user agent."""

import re

from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.clf import COMMON, ClfFormat


@FORMATS.plug
class Common(ClfFormat):
    """LogFormat "%h %l %u %t \\"%r\\" %>s %b". Nothing says who asks, so all count as people."""

    key = "common"
    label = "Common Log Format"
    example = '192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 203'
    pattern = re.compile(rb"()" + COMMON + rb"()()", re.S)

    def is_whole(self, tail: bytes) -> bool:
        """A cut size looks like a smaller size, so nothing shows that the line is whole."""
        return False
