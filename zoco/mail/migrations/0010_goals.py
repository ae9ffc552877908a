"""Goals that a step of the journey set are taken back: what people did meanwhile is their goal, if anything."""

from datetime import datetime, timedelta
from typing import Any

from django.db import migrations
from django.db.models import F

GOAL_DAYS = 30


def goals_of_facts(apps: Any, _editor: Any) -> None:
    """Set the goal anew of whoever reached it by a step."""
    model = apps.get_model("zoco_mail", "StepDue")
    passed = model.objects.filter(state="done", done_at=F("traveller__goal_at"))
    for row in passed.select_related("traveller__journey", "traveller__version").iterator():
        traveller = row.traveller
        step = traveller.version.graph.get("steps", {}).get(row.step, {})
        if step.get("kind") == "goal":
            traveller.goal_at = _seen(traveller)
            traveller.save(update_fields=["goal_at"])


def _seen(traveller: Any) -> datetime | None:
    kept = traveller.seen.get(traveller.journey.goal)
    at = datetime.fromisoformat(kept) if kept else None
    return at if at is not None and at <= traveller.entered_at + timedelta(days=GOAL_DAYS) else None


class Migration(migrations.Migration):

    dependencies = [("zoco_mail", "0009_fates")]

    operations = [migrations.RunPython(goals_of_facts, migrations.RunPython.noop)]
