"""A site with campaigns, and imports of files taken from the upload to the end."""

from datetime import UTC, datetime

from zoco.campaigns.costs.importing import running
from zoco.campaigns.costs.importing.made import Options
from zoco.campaigns.costs.models import CostImport
from zoco.campaigns.models import Campaign
from zoco.sites.models import Site

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)


def site_made() -> Site:
    """Make a site with two campaigns."""
    site = Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    Campaign.objects.create(site=site, name="Spring sale", code="spring")
    Campaign.objects.create(site=site, name="Brand", code="brand")
    return site


def begun(site: Site, content: bytes, name: str = "costs.csv") -> CostImport:
    """Upload a file and read it."""
    run = running.import_begin(site=site.pk, name=name, size=len(content), by=None, at=NOW)
    running.RUNS.part_take(run, offset=0, piece=content)
    assert running.step_begin(run=run, step="read")
    return worked(run)


def worked(run: CostImport) -> CostImport:
    """Do what was asked for in the background."""
    running.through(key=run.pk)
    return CostImport.objects.get(pk=run.pk)


def planned(run: CostImport, **options: object) -> CostImport:
    """Try it out as it was guessed, with some options of one's own."""
    chosen = Options(**(run.options | options))
    assert running.plan_begin(run=run, kind=run.kind, mapping=run.mapping, options=chosen)
    run = worked(run)
    assert run.state == "planned", run.said
    return run


def imported(site: Site, content: bytes, name: str = "costs.csv", **options: object) -> CostImport:
    """Take a file from the upload to the end."""
    run = planned(begun(site, content, name), **options)
    assert running.step_begin(run=run, step="write")
    return worked(run)
