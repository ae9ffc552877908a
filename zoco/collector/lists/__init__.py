"""Lists as data: declared bots, the words of browsers; each file names its sources."""

from pathlib import Path

BROWSERS = Path(__file__).with_name("browsers.tsv")
