"""Server logs: a format is one file with a class registered by `@FORMATS.plug`.

`base` says what a format is. `files` opens logs and cuts lines, `quick` turns lines into facts,
`importing` is one run over files, `following` waits for more.
"""

from zoco.kit.plugs import load_modules

BUILT_IN = (
    "zoco.collector.logs.virtual",
    "zoco.collector.logs.combined",
    "zoco.collector.logs.common",
    "zoco.collector.logs.json_lines",
    "zoco.collector.logs.headed.w3c",
    "zoco.collector.logs.headed.cloudfront",
    "zoco.collector.logs.elb",
)


def load_formats() -> None:
    """Register the formats that come with Zoco; others register by PLUGS or an entry point."""
    load_modules(BUILT_IN)
