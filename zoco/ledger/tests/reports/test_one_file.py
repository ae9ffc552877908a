"""A new report is one file: named in ZOCO_PLUGS it is in the registry, on the command line and in the API."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import migrated
from zoco.ledger.tests.reports.made import FACTS, load

PLUG = '''
"""Hosts."""

from zoco.ledger import metrics
from zoco.ledger.report import REPORTS, Dimension, Measure, Report


@REPORTS.plug
class Countries(Report):
    key = "my-countries"
    label = "My countries"
    question = "Where do people read?"
    definition = "Page views by country."
    dimensions = (Dimension("country", "Country"),)
    measures = (Measure("page_views", "Page views", adds_up=True),)
    order = "-page_views"

    def query(self, facts, params):
        views = facts.page_views
        return views.group_by("country").aggregate(page_views=metrics.page_views(views))
'''
PROGRAM = """
import json, sys
from zoco.project import ready
ready.django()
ready.database()
from zoco.ledger import sitebook
from zoco.ledger.tests.reports.made import PERIOD, SITE
sitebook.provide(lambda: [SITE])
from zoco.ledger.store.opening import store
store().drain()
from zoco.project.cli import main
from django.contrib.auth import get_user_model
from django.test import Client
client = Client(headers={"host": "localhost"})
client.force_login(get_user_model().objects.create_superuser("ana", password="x"))
answer = json.loads(client.get("/api/v1/reports/my-countries", {"period": PERIOD}).content)
print(json.dumps([[row["key"]["country"], row["values"]["page_views"]] for row in answer["rows"]]))
sys.stdout.flush()
main(["report", "my-countries", "--period", PERIOD, "--format", "csv"])
"""


@pytest.mark.timeout(300)
def test_a_report_in_one_file_is_everywhere(tmp_path: Path) -> None:
    (tmp_path / "my_countries.py").write_text(PLUG)
    data = tmp_path / "data"
    load(data, FACTS)
    migrated.put(data / "zoco.sqlite3")
    env = os.environ | {
        "ZOCO_PLUGS": "my_countries",
        "ZOCO_DATA": str(data),
        "PYTHONPATH": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    env.pop("ZOCO_ALLOWED_HOSTS", None)

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, capture_output=True, text=True, timeout=280, check=False
    )

    assert done.returncode == 0, done.stderr
    api, *csv = done.stdout.splitlines()
    assert json.loads(api) == [["ES", 3], ["FR", 3], ["", 1]]
    assert csv == ["country,page_views", "ES,3", "FR,3", ",1"]
