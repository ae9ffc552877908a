"""Whatever is sent by the forms of people, permission, channels and mail: a refusal, and soon.

What is done is told by leading on to a page; any other answer has changed nothing.

Forms are found on the pages; one that is new is tried by being there. Each is sent as it stands but for one
field, which is hostile, missing or there twice.
"""

import json
import time
from collections.abc import Iterator
from zlib import crc32

import pytest
from django.db import connection
from django.utils import timezone

from tests.api.doors import doors
from tests.api.forms.changes import asked_and_changed
from tests.api.forms.kept import one_of_each
from tests.api.forms.shown import Pairs, Shown, Walk, door_of
from tests.api.people import clients
from tests.api.test_hostile_bodies import SOON_SECONDS, spoilt

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
DOORS = (
    "zoco_people", "zoco_person", "zoco_audience", "zoco_consent_", "zoco_channels", "zoco_domain",
    "zoco_messages", "zoco_letter", "zoco_journey", "zoco_sending", "zoco_mailbox", "zoco_replies",
    "zoco_list_growth", "zoco_trial", "zoco_survey",
)  # fmt: skip
# What no page leads to without more than one of each: topics in use, who left, files, sheets in frames.
UNSEEN = {
    "zoco_audience_left", "zoco_channels_heard", "zoco_consent_form_preview",
    "zoco_consent_topic_delete", "zoco_journey_publish", "zoco_journey_standing", "zoco_letter_map",
    "zoco_letter_map_sheet", "zoco_letter_picture", "zoco_letter_sheet",
    "zoco_letters_held", "zoco_people_import_refused", "zoco_sending_sheet", "zoco_survey_challenge",
    "zoco_survey_letter", "zoco_survey_shown",
}  # fmt: skip
# What was done is said on the page itself: how many were put in, what became of a letter to oneself, thanks
# for answers, which count once some seconds went by since the form was shown.
SAID_THERE = {"zoco_audience_act", "zoco_letter_test", "zoco_survey"}
COUNTED_THERE = {"zoco_survey": {"zoco_surveys_surveyday"}}
"""Where what is refused is counted, and in which tables."""
HOSTILE = [
    "\0", "x" * 20_000, "9" * 5_000, str(2**63), str(2**31), "-1", "0", "9999-12-31T23:59",
    "0001-01-01T00:00", "9999-99-99", "10000-01-01", "1e400", "NaN", "Infinity", "٣", "²", "{", "[]", "{}",
    "null", '{"a":' * 5_000, "[" * 5_000, '[{"type": "text", "value": "x"}]', "a\r\nBcc: eve@shop.example",
    "<script>", "{{ 7*7 }}", "{% if %}", "", "\u202e", "1,2", "a:b:c:d", "save:x", "0.0.0", "fe80::1%lo",
]  # fmt: skip
EACH, ALL, LEAVES, FIELDS = 1, 1, 4, 6
"""So many of the hostile are tried in a field, in all at once, and in what a field holds as JSON; and in so
many fields of a form about, for some have seventy of a kind."""


def spoilt_forms(form: Shown) -> Iterator[Pairs]:
    """Yield what a form sends with something in it put wrong; which of the hostile, its names decide."""
    stands = (*form.fields, *form.buttons[:1])
    for at in range(ALL):
        yield tuple((name, _hostile(form, "", at)) for name in form.names)
    for name in form.names[:: max(1, len(form.names) // FIELDS)]:
        others = tuple(each for each in stands if each[0] != name)
        if connection.vendor == "sqlite":  # forms know what is missing or there twice before any database
            yield others
            yield (*stands, (name, "x"), (name, "y"))
        for at in range(EACH):
            yield (*others, (name, _hostile(form, name, at)))
        for each in _spoilt_json(dict(stands).get(name, "")):
            yield (*others, (name, each))


def _hostile(form: Shown, name: str, at: int) -> str:
    return HOSTILE[(crc32(f"{form.mark} {name}".encode()) + at * 17) % len(HOSTILE)]


def _spoilt_json(text: str) -> list[str]:
    """Return an object or a list that lies in a hidden field, put wrong at some of its places."""
    try:
        held = json.loads(text)
    except ValueError:
        return []
    if not isinstance(held, dict | list) or not held:
        return []
    wrong = [json.dumps(each) for each in spoilt(held)]
    return wrong[:: max(1, len(wrong) // LEAVES)]


def test_no_form_breaks_by_what_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    one_of_each(at=timezone.now())
    walk = Walk(clients()["owner"], DOORS)
    theirs = [each for each in doors() if each.name.startswith(DOORS)]
    walk.go([each.address({}) for each in theirs if not any(each.parts)])
    seen = {each.door for each in walk.forms.values()} | {door_of(each) for each in walk.seen}

    broken, changed, done = [], {}, 0
    for form in walk.forms.values():
        for pairs in spoilt_forms(form):
            began = time.process_time()
            answer, tables = asked_and_changed(walk.client, form.method, form.where, pairs)
            status, said = answer.status_code, [(name, value[:80]) for name, value in pairs]
            if status >= 500 or time.process_time() - began > SOON_SECONDS:
                broken.append((status, form.where, said))
            kept = set(tables) - COUNTED_THERE.get(form.door, set())
            if kept and status not in ((200, 302) if form.door in SAID_THERE else (302,)):
                changed[form.door, status] = (tables, said)
            done += bool(kept)

    assert {each.name for each in theirs} - seen <= UNSEEN
    assert len(walk.forms) > 60
    assert broken == []
    assert changed == {}
    assert done > (100 if connection.vendor == "sqlite" else 50)
