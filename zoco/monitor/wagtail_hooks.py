"""What Wagtail's admin is told of monitoring."""

from wagtail import hooks

from zoco.monitor.viewsets import GoalViewSet, goal_viewset


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def goals() -> GoalViewSet:
    """Return the pages of goals."""
    return goal_viewset
