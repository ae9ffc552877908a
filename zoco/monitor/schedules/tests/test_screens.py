"""The screens: set from a report's page, an analyst for himself alone, preview, pause, leave, delete; PDF."""

from io import BytesIO

import pypdfium2
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from zoco.kit.tests.test_staff_mail import account
from zoco.ledger.asking.answer import Row
from zoco.ledger.pictures.sheets import sheet
from zoco.ledger.pictures.sheets.pdf import pdf_of
from zoco.ledger.report import report_named
from zoco.monitor.schedules.models import Schedule, Sending
from zoco.project.tests.readers import body

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Pages of phones", "period": "month", "compare": "none", "every": "month", "weekday": "0",
    "month_day": "2", "hour": "6", "has_pdf": "on", "hook_url": "", "hook_secret": "abc",
}  # fmt: skip
ASKED = "report=pages&site=shop&period=7d&f.device=phone&order=path"


def of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_a_report_leads_to_the_form_with_its_filters_filled_in(schedule: Schedule, bea: User) -> None:
    client = of(bea)

    page = body(client.get(f"{reverse('zoco_desk:report', args=['pages'])}?site=shop&f.device=phone"))
    form = body(client.get(f"/admin/scheduled-reports/new/?{ASKED}"))
    answer = client.post("/admin/scheduled-reports/new/", FORM | {"asked_for": ASKED, "receivers": [bea.pk]})

    made = Schedule.objects.get(name="Pages of phones")
    assert "/admin/scheduled-reports/new/?site=shop&f.device=phone&report=pages" in page
    assert "Shop · Pages · Device is Phone" in form
    assert answer.headers["Location"] == f"/admin/scheduled-reports/{made.pk}/"
    assert (made.kind, made.key, made.filters, made.asked) == (
        "report", "pages", {"f.device": ["phone"]}, {"order": "path"},
    )  # fmt: skip
    assert "Day 2 of each month, 06:00 (Europe/Madrid); about: Last month" in body(
        client.get("/admin/scheduled-reports/")
    )


def test_nobody_and_an_unreadable_page_are_refused(schedule: Schedule, bea: User) -> None:
    client = of(bea)

    nobody = body(client.post("/admin/scheduled-reports/new/", FORM | {"asked_for": ASKED}))
    unread = body(client.post("/admin/scheduled-reports/new/", FORM | {"asked_for": "report=none"}))

    assert "Choose who gets it, or give a web hook." in nobody
    assert "The page cannot be read. Begin again from a report." in unread
    assert Schedule.objects.count() == 1


def test_an_analyst_subscribes_himself_and_nobody_else(schedule: Schedule, bea: User) -> None:
    ana = account("ana", "analyst")
    client = of(ana)

    hooked = FORM | {"asked_for": ASKED, "receivers": [bea.pk], "hook_url": "https://honey.example/"}
    client.post("/admin/scheduled-reports/new/", hooked)
    made = Schedule.objects.get(name="Pages of phones")
    others = client.get(f"/admin/scheduled-reports/{schedule.pk}/")
    changed = client.post(f"/admin/scheduled-reports/{schedule.pk}/act/", {"act": "delete"})

    assert (list(made.receivers.all()), made.hook_url) == ([ana], "")
    assert "Weekly" not in body(client.get("/admin/scheduled-reports/"))
    assert (others.headers["Location"], changed.headers["Location"]) == ("/admin/", "/admin/")
    assert client.post(f"/admin/scheduled-reports/{made.pk}/act/", {"act": "delete"}).status_code == 302
    assert list(Schedule.objects.all()) == [schedule]


def test_a_reader_may_leave_what_others_sent_him(schedule: Schedule) -> None:
    ana = account("ana", "analyst")
    schedule.receivers.add(ana)
    client = of(ana)

    seen = body(client.get(f"/admin/scheduled-reports/{schedule.pk}/"))
    client.post(f"/admin/scheduled-reports/{schedule.pk}/act/", {"act": "leave"})

    assert "Send it to me no more" in seen
    assert "Delete" not in seen
    assert ana not in schedule.receivers.all()


def test_buttons_pause_preview_and_send_again(schedule: Schedule, bea: User) -> None:
    client, act = of(bea), f"/admin/scheduled-reports/{schedule.pk}/act/"

    client.post(act, {"act": "pause"})
    paused = body(client.get(f"/admin/scheduled-reports/{schedule.pk}/"))
    client.post(act, {"act": "preview"})
    client.post(act, {"act": "preview"})
    preview = Sending.objects.get()
    Sending.objects.update(state="unknown", failure="interrupted")
    shown = body(client.get(f"/admin/scheduled-reports/{schedule.pk}/"))
    client.post(act, {"act": "again", "sending": preview.pk})

    assert "It is paused." in paused
    assert (preview.user, preview.is_preview, preview.state) == (bea, True, "waits")
    assert "not known whether it arrived: The program was stopped while the mail" in shown
    assert Sending.objects.get().state == "waits"


@pytest.mark.parametrize("key", ["pages", "traffic"])
def test_a_report_is_a_pdf_for_readers_and_not_for_strangers(schedule: Schedule, bea: User, key: str) -> None:
    asked = "site=shop&period=2026-03-28..2026-03-30&f.device=phone"

    answer = of(bea).get(f"{reverse('zoco_desk:export', args=[key, 'pdf'])}?{asked}")

    pages = pypdfium2.PdfDocument(BytesIO(answer.content))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"shop_{key}_2026-03-28_2026-03-30.pdf" in answer.headers["Content-Disposition"]
    assert "Device is Phone" in text
    assert "Page views" in text


@pytest.mark.parametrize("letter", ["a", "蜂", "W "])
def test_what_visitors_write_makes_no_row_higher_than_a_page(letter: str) -> None:
    report = report_named("properties")
    row = Row(dict.fromkeys((each.name for each in report.dimensions), letter * 8_000), {})

    names = [sheet._name(None, each, row, {}) for each in report.dimensions]  # type: ignore[arg-type]
    grid = sheet.Grid(["Column"] * 10, [names[:1] * 10] * 3, 10, "")
    made = sheet.Sheet(
        "Title", "Shop", False, [("Period", "March")], [sheet.Section("Part", "", [], None, grid, "")]
    )

    assert all(len(name) <= sheet.LETTERS_MOST for name in names)
    assert pdf_of(made).startswith(b"%PDF")


def test_letters_without_a_font_are_squares_that_are_explained() -> None:
    grid = sheet.Grid(["Page"], [["مرحبا ส 👩\u200d🌾 日"]], 1, "")
    made = sheet.Sheet(
        "Title", "Shop", False, [("Period", "March")], [sheet.Section("P", "", [], None, grid)]
    )

    text = pypdfium2.PdfDocument(BytesIO(pdf_of(made)))[0].get_textpage().get_text_range()

    assert "□□□□□ □ □□ 日" in text
    assert "□ stands for a letter that this file has no font for." in text
