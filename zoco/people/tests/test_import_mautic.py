"""Contacts out of Mautic as it exports them, and a report of who may not be written to."""

import pytest

from zoco.consent.models import Standing
from zoco.consent.suppressing import suppressed
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.tests.test_importing import everybody, imported, zipped

pytestmark = pytest.mark.django_db
MAUTIC = (
    "id,title,firstname,lastname,company,position,email,mobile,phone,points,fax,address1,address2,city,state,"
    "zipcode,country,preferred_locale,timezone,last_active,attribution_date,attribution,website,facebook,"
    "twitter,flavour\n"
    '7,Ms,Ana,Gil,"Miel, S.L.",,ana@shop.example,+34600123456,,12,,"Rúa 1, 2º",,Lugo,Galicia,27001,Spain,'
    "es_ES,Europe/Madrid,2024-03-01 10:11:12,,0.00,https://ana.example,,,thyme\n"
    "8,,Ben,,,,ben@shop.example,,,0,,,,,,,,en,,,,,,,,\n"
    "9,,Cy,,,,cy@shop.example,,,3,,,,,,,,,,,,,,,,heather\n"
    "10,,Dora,,,,dora@shop.example,,,0,,,,,,,,,,,,,,,,\n"
    "11,,Eli,,,,eli@shop.example,,,0,,,,,,,,,,,,,,,,\n"
)
MAUTIC_REPORT = (
    '"Contact ID","First Name","Email","DNC preferences"\n'
    '"7","Ana","ana@shop.example",""\n'
    '"8","Ben","ben@shop.example","DNC Manually Unsubscribed: Text Message, DNC Unsubscribed: Email"\n'
    '"9","Cy","cy@shop.example","DNC Bounced: Email"\n'
    '"10","Dora","dora@shop.example","DNC Manually Unsubscribed: Email"\n'
    '"11","Eli","eli@shop.example","DNC Bounced: Text Message"\n'
)


def test_mautic_brings_contacts_and_by_a_report_who_refused_once_and_again() -> None:
    agreed = {"topic": "", "where": "Mautic", "agreed_on": "2024-01-02", "space": "mautic"}
    report = imported("report.csv", MAUTIC_REPORT, space="mautic")

    run = imported("contacts.zip", zipped({"contacts_export_2026_05_01.csv": MAUTIC}), **agreed)

    assert (report.kind, run.kind) == ("mautic", "mautic")
    assert report.counts == {"added": 5, "withdrawn": 2, "dead": 1}
    assert run.counts["changed"] == 5
    assert (run.counts["given"], run.counts["held"], run.counts["suppressed"]) == (3, 2, 1)
    ana = Person.objects.get(given_name="Ana")
    assert (ana.family_name, ana.city, ana.country, ana.language, ana.zone) == (
        "Gil", "Lugo", "ES", "es-es", "Europe/Madrid",
    )  # fmt: skip
    assert (ana.attributes["points"], ana.attributes["flavour"], ana.attributes["company"]) == (
        12.0, "thyme", "Miel, S.L.",
    )  # fmt: skip
    assert sorted(ana.identities.values_list("kind", "space", "key")) == [
        ("email", "", "ana@shop.example"), ("external", "mautic", "7"), ("phone", "", "+34600123456"),
    ]  # fmt: skip
    held = dict(Standing.objects.values_list("person__given_name", "state"))
    assert held == {"Ana": "given", "Ben": "withdrawn", "Cy": "given", "Dora": "withdrawn", "Eli": "given"}
    assert suppressed([identity_read("email", f"{who}@shop.example").place for who in ("cy", "eli")]) == {
        ("email", "", "cy@shop.example"): {"dead"}
    }
    before = everybody()

    imported("contacts.zip", zipped({"contacts_export_2026_05_01.csv": MAUTIC}), **agreed)
    imported("report.csv", MAUTIC_REPORT, space="mautic")

    assert everybody() == before
