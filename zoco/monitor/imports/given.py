"""Which days count as imports say, instead of as the sites' own facts do: by a person's choice."""

from datetime import date

from zoco.monitor.imports.models import ImportRun


def days_given() -> dict[int, list[tuple[date, date]]]:
    """Return spans of days, both ends included, by the site's key."""
    found: dict[int, list[tuple[date, date]]] = {}
    runs = ImportRun.objects.filter(state=ImportRun.State.DONE, is_preferred=True).order_by("id")
    for site, spans in runs.values_list("site_id", "spans"):
        read = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans]
        found.setdefault(site, []).extend(read)
    return found
