"""Changes of what is watched are written down by themselves, whichever screen, command or service made them.

By Django's signals: Wagtail's pages of accounts and groups have no other seam, and a line that each caller
would have to write is a line that one forgets.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from zoco.kit import noting
from zoco.project.changes.note import note

WATCHED = (
    "auth.User",
    "auth.Group",
    "zoco_sites.Site",
    "zoco_sites.Hostname",
    "zoco_sites.CountingOrigin",
    "zoco_sites.SourceRule",
    "zoco_sites.SourceNetwork",
    "zoco_sites.SiteLimit",
    "zoco_sites.Invitation",
    "zoco_sites.VisitorRequest",
    "zoco_sites.Exclusion",
    "zoco_sites.GoneSite",
    "zoco_moving.SiteMove",
    "zoco_moving.SiteReset",
    "zoco_monitor.Alarm",
    "zoco_monitor.Goal",
    "zoco_monitor.SharedLink",
    "zoco_monitor.PublicBoard",
    "zoco_monitor.Annotation",
    "zoco_monitor.Segment",
    "zoco_monitor.ConversionRule",
    "zoco_monitor.Schedule",
    "zoco_channels.Account",
    "zoco_people.Attribute",
    "zoco_campaigns.Campaign",
    "zoco_campaigns.Cost",
    "zoco_campaigns.Link",
    "zoco_campaigns.Plan",
    "zoco_campaigns.Rate",
    "zoco_campaigns.Word",
    "zoco_mix.ChannelTest",
    "zoco_mix.Control",
    "zoco_research.ContractTable",
    "zoco_people.Audience",
    "zoco_trials.Flag",
    "zoco_trials.Trial",
    "zoco_surveys.Survey",
    "zoco_consent.Topic",
    "zoco_consent.Rule",
    "zoco_consent.Form",
    "zoco_mail.Letter",
    "zoco_monitor.ImportRun",
    "zoco_monitor.ExportPlan",
    "zoco_monitor.ExportRun",
    "wagtailcore.Site",
)
# Fields that the program writes by itself, and fields whose value nobody may read.
PASSING = {
    "last_login", "date_joined", "key_name", "id", "last_used_on", "known", "looked_at", "looked_on",
    "next_at", "told_at", "done", "is_to_stop", "going", "left", "options", "secrets", "machine",
    "members", "counted_at", "due_at", "look", "changed_at", "found",
}  # fmt: skip
SECRET = ("password", "token", "secret", "digest", "seed")
HIDDEN = "•••"
NAMES_MOST = 40
LIST_MOST, LONGEST = 500, 500
_quiet: ContextVar[bool] = ContextVar("zoco_quiet", default=False)


def watch() -> None:
    """Begin; models that are not installed are passed over."""
    noting.listen(note)
    for label in WATCHED:
        app, _, name = label.partition(".")
        model = apps.all_models[app].get(name.lower())
        if model is None:
            continue
        pre_save.connect(_before, sender=model, dispatch_uid=f"zoco before {label}")
        post_save.connect(_saved, sender=model, dispatch_uid=f"zoco saved {label}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"zoco deleted {label}")
        for field in model._meta.local_many_to_many:
            through = getattr(model, field.name).through
            m2m_changed.connect(_joined, sender=through, dispatch_uid=f"zoco joined {label} {field.name}")


@contextmanager
def quiet() -> Iterator[None]:
    """Write nothing down meanwhile: what the program sets up by itself is nobody's change."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def _values(thing: Model) -> dict[str, Any]:
    return {
        field.name: field.value_from_object(thing)
        for field in thing._meta.concrete_fields
        if field.name not in PASSING
    }


def _shown(name: str, value: Any) -> Any:
    if any(word in name for word in SECRET):
        return HIDDEN
    if isinstance(value, list):
        return [str(each)[:LONGEST] for each in value[:LIST_MOST]]
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:LONGEST]


def _before(sender: type[Model], instance: Model, raw: bool = False, **more: Any) -> None:
    if raw or _quiet.get():
        return
    old = sender._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    instance._zoco_before = _values(old) if old is not None else {}  # type: ignore[attr-defined]


def _saved(sender: type[Model], instance: Model, created: bool, raw: bool = False, **more: Any) -> None:
    if raw or _quiet.get():
        return
    before: dict[str, Any] = getattr(instance, "_zoco_before", {})
    stored = sender._default_manager.filter(pk=instance.pk).first() or instance
    changed = {
        name: [_shown(name, before.get(name)) if before else None, _shown(name, value)]
        for name, value in _values(stored).items()
        if (not before and value not in ("", None)) or (before and before.get(name) != value)
    }
    if changed or created:
        note(action="created" if created else "changed", subject=instance, details=changed)


def _deleted(sender: type[Model], instance: Model, **more: Any) -> None:
    if not _quiet.get():
        was = {name: [_shown(name, value), None] for name, value in _values(instance).items() if value}
        note(action="deleted", subject=instance, details=was)


def _joined(sender: type[Model], instance: Model, action: str, **more: Any) -> None:
    """Write down which names joined or left; rows seen from the other side tell the same the other way."""
    if _quiet.get() or action not in {"post_add", "post_remove", "pre_clear"}:
        return
    model, keys = more["model"], more["pk_set"]
    field = next(
        (each.name for each in instance._meta.many_to_many if each.remote_field.through is sender), ""
    )
    if action == "pre_clear":
        keys = set(getattr(instance, field).values_list("pk", flat=True)) if field else set()
    if not keys:
        return
    names = sorted(str(each) for each in model._default_manager.filter(pk__in=list(keys)[:NAMES_MOST]))
    rest = [f"+ {len(keys) - NAMES_MOST}"] if len(keys) > NAMES_MOST else []
    pair = [None, names + rest] if action == "post_add" else [names + rest, None]
    note(action="changed", subject=instance, details={field or model._meta.model_name: pair})
