"""Periodic work of monitoring: alarms are looked at and told, exports made, imports tidied."""

from django.utils import timezone

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.monitor.alarms import exporting, running, telling
from zoco.monitor.exports import plans
from zoco.monitor.imports import services


def look() -> None:
    """Look at each site's last full hour, once."""
    running.alarms_look(now=timezone.now())


def listen() -> None:
    """Look for sites from which nothing comes."""
    running.silence_look(now=timezone.now())


def tell() -> None:
    """Send what is due."""
    telling.tellings_send(now=timezone.now())


def export() -> None:
    """Begin exports that are due, do what is owed, and raise or close the alarm about them."""
    plans.look()
    exporting.exports_look(now=timezone.now())


PERIODIC.add(Periodic("monitor.alarms.look", 300, look))
PERIODIC.add(Periodic("monitor.alarms.listen", 60, listen))
PERIODIC.add(Periodic("monitor.alarms.tell", 60, tell))
PERIODIC.add(Periodic("monitor.imports", 86_400, services.tidy))
PERIODIC.add(Periodic("monitor.exports", 300, export))
