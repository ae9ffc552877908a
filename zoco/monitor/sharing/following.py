"""What goes by a goal's name goes on when it gets another one. Other areas follow by themselves."""


def goal_renamed(site: int, was: str, now: str) -> None:
    """Let all that monitoring keeps of a site, by its key, follow a goal to its new name."""
    from zoco.monitor.attribution.definition import rules_follow
    from zoco.monitor.funnels import funnels_follow
    from zoco.monitor.schedules.services import schedules_follow
    from zoco.monitor.sharing.services import links_follow

    for follow in (
        links_follow,
        segments_follow,
        funnels_follow,
        rules_follow,
        schedules_follow,
        alarms_follow,
    ):
        follow(site=site, was=was, now=now)


def segments_follow(*, site: int, was: str, now: str) -> None:
    """Let the segments of a site, by its key, that filter by a goal go on when it gets another name."""
    from zoco.monitor.segments import Segment
    from zoco.monitor.sharing.services import renamed

    for segment in Segment.objects.select_for_update().filter(site=site):
        filters = renamed(segment.filters, was=was, now=now)
        if filters != segment.filters:
            segment.filters = filters
            segment.save(update_fields=["filters"])


def alarms_follow(*, site: int, was: str, now: str) -> None:
    """Let the alarms of a site on a goal watch it under its new name, where none of the kind does yet."""
    from zoco.monitor.alarms.models import Alarm
    from zoco.monitor.alarms.watched import GOAL

    mine = Alarm.objects.select_for_update().filter(site=site, measure__startswith=GOAL)
    for alarm in mine:
        if alarm.measure.removeprefix(GOAL).casefold() != was.casefold():
            continue
        same = mine.filter(measure=f"{GOAL}{now}", kind=alarm.kind, segment=alarm.segment_id)
        if not same.exclude(pk=alarm.pk).exists():
            Alarm.objects.filter(pk=alarm.pk).update(measure=f"{GOAL}{now}")
