"""CloudFront's standard logs: W3C extended with tabs, values percent-encoded, times in UTC.

After Amazon's "Standard log file fields". The host that was asked for is x-host-header; cs(Host) is the
distribution's own name.
"""

from urllib.parse import unquote_to_bytes

from zoco.collector.logs.base import FORMATS, Hit, LogFormat
from zoco.collector.logs.headed.w3c import cut, utc_moment


def _unquoted(value: bytes) -> bytes:
    """Take back the encoding, twice where an older log encoded spaces twice."""
    once = unquote_to_bytes(value) if b"%" in value else value
    return unquote_to_bytes(once) if b"%20" in once and b" " not in once else once


@FORMATS.plug
class CloudFront(LogFormat):
    """Lines under "#Fields:" with x-edge-location, in any order."""

    key = "cloudfront"
    label = "Amazon CloudFront, standard logs"
    example = (
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status"
        " | 2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.7\tGET\td111.cloudfront.net\t/\t200"
    )

    def hit(self, line: bytes) -> Hit:
        return cut(line, b"\t", _unquoted)

    def moment(self, stamp: bytes) -> int:
        return utc_moment(stamp)

    def is_whole(self, tail: bytes) -> bool:
        return False
