"""What overviews show is there."""

from zoco.ledger.report import REPORTS, reports_load
from zoco.ledger.views.dashboards import dashboards_all


def test_every_tab_of_an_overview_is_a_report_and_stands_there_once() -> None:
    reports_load()
    for dashboard in dashboards_all():
        keys = [key for row in dashboard.panels for panel in row for key in panel]

        assert [key for key in [dashboard.head, *keys] if key not in REPORTS] == []
        assert len(keys) == len(set(keys))
