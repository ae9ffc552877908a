"""What monitoring does again and again."""

from zoco.kit.periodic import PERIODIC, Periodic
from zoco.monitor.imports import services

PERIODIC.add(Periodic("monitor.imports", 86_400, services.tidy))
