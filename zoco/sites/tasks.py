"""Background work on sites."""

from django_tasks import task

from zoco.sites import leaving
from zoco.sites.sourcing import services


@task()
def history_apply(run: int) -> None:
    """Apply today's rules of source channels to a site's history."""
    services.run_through(key=run)


@task()
def gone_erase(site: int) -> None:
    """Erase everything that was counted of a site that was deleted, and give the bytes back."""
    from zoco.ledger.erasing import databases_vacuum
    from zoco.ledger.store.opening import store

    leaving.gone_empty(store=store(), site=site)
    store().compact()
    databases_vacuum()
