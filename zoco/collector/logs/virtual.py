"""Apache's combined format with the virtual host, and maybe its port, in front."""

import re

from zoco.collector.logs.base import FORMATS
from zoco.collector.logs.clf import AGENTS, COMMON, MORE, ClfFormat


@FORMATS.plug
class Virtual(ClfFormat):
    """LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"", port optional."""

    key = "virtual"
    label = "Apache or nginx, combined with the virtual host first"
    example = (
        "shop.example:443 192.0.2.7 - - [17/May/2015:10:05:03 +0000] "
        '"GET / HTTP/1.1" 200 203 "-" "Mozilla/5.0"'
    )
    pattern = re.compile(rb"([^ ]++) (?!- )" + COMMON + AGENTS + MORE, re.S)
