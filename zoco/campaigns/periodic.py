"""Periodic work of campaigns: imports of costs that died are said to have failed, old uploads taken away."""

from zoco.kit.periodic import PERIODIC, Periodic


def _imports_look() -> None:
    """Let imports that died with their process have failed; what does it is imported when it is time."""
    from zoco.campaigns.costs.importing.running import RUNS

    RUNS.look()


def _imports_tidy() -> None:
    """Take uploads away; what does it is imported when it is time."""
    from zoco.campaigns.costs.importing.running import RUNS

    RUNS.tidy()


PERIODIC.add(Periodic("campaigns.imports", 60, _imports_look))
PERIODIC.add(Periodic("campaigns.imports.tidy", 3_600, _imports_tidy))
