"""Reading a page in a process of its own, which is ended when it takes too long."""

from __future__ import annotations

import json
import subprocess
import sys

from zoco.sites.installing import page

SECONDS_MOST = 5.0


class PageTooHard(ValueError):
    """The page could not be read within the time; a browser would have trouble with it as well."""


def page_read(html: str) -> page.Page:
    """Read a page's HTML. Raises PageTooHard."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", page.__file__],
            input=html.encode("utf-8", "replace"),
            capture_output=True,
            timeout=SECONDS_MOST,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise PageTooHard(f"The page's HTML could not be read within {SECONDS_MOST:.0f} seconds.") from error
    found = json.loads(done.stdout)
    return page.Page([page.Tag(**each) for each in found["tags"]], found["policies"], found["base"])
