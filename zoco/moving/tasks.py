"""Background work on sites that begin anew."""

from django_tasks import task

from zoco.moving import moving, resetting


@task()
def site_reset(reset: int) -> None:
    """Erase everything that was counted of a site."""
    from zoco.ledger.store.opening import store

    resetting.reset_through(key=reset, store=store())


@task()
def site_move(move: int) -> None:
    """Write a site into an archive, or take it out of one."""
    moving.through(key=move)
