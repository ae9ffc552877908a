"""Periodic work of monitoring: alarms, scheduled reports, exports; what imports left is tidied."""

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.monitor.alarms import running
from zoco.monitor.alarms.before import working
from zoco.monitor.alarms.others import exporting, letters, silent, spending
from zoco.monitor.alarms.shown import telling
from zoco.monitor.attribution import services as attribution
from zoco.monitor.exports import plans
from zoco.monitor.imports import services
from zoco.monitor.schedules import sending
from zoco.monitor.schedules import services as schedules


def look() -> None:
    """Look at each site's last full hour, once."""
    running.alarms_look(now=timezone.now())


def listen() -> None:
    """Look for sites from which nothing comes."""
    silent.silence_look(now=timezone.now())


def spend() -> None:
    """Look at what campaigns of each site cost and brought, and at letters, once an hour."""
    spending.spending_look(now=timezone.now())
    letters.letters_look(now=timezone.now())


def before() -> None:
    """Count how often an alarm would have been raised before, where that is due."""
    working.before_work(now=timezone.now())


def tell() -> None:
    """Send what is due."""
    telling.tellings_send(now=timezone.now())


def export() -> None:
    """Begin exports that are due, and do what is owed."""
    plans.look()


def export_tell() -> None:
    """Raise or close the alarm about exports, whatever became of them."""
    exporting.exports_look(now=timezone.now())


def send() -> None:
    """Reserve scheduled reports that are due, and send what is reserved."""
    schedules.sendings_reserve(now=timezone.now())
    sending.sendings_send(now=timezone.now())


PERIODIC.add(Periodic("monitor.alarms.look", 300, look))
PERIODIC.add(Periodic("monitor.alarms.listen", 60, listen))
PERIODIC.add(Periodic("monitor.alarms.spend", 900, spend))
PERIODIC.add(Periodic("monitor.alarms.before", 300, before))
PERIODIC.add(Periodic("monitor.alarms.tell", 60, tell))
PERIODIC.add(Periodic("monitor.schedules", 60, send))
PERIODIC.add(Periodic("monitor.imports", 86_400, services.tidy))
PERIODIC.add(Periodic("monitor.attribution", 300, attribution.tidy))
PERIODIC.add(Periodic("monitor.exports", 300, export))
PERIODIC.add(Periodic("monitor.exports.tell", 300, export_tell))
