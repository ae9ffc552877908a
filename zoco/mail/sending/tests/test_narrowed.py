"""Reports narrowed to a domain, to whoever followed a link, to an arm: as counted by hand, row by row."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from zoco.channels.models import Batch, Message, Told
from zoco.channels.tests.mailbox import Mailbox
from zoco.consent.models import Choice
from zoco.ledger.pictures import formats
from zoco.mail.counting.credit import ORDERED
from zoco.mail.counting.kept import tallies_keep
from zoco.mail.counting.models import LetterLink, Look
from zoco.mail.sending.models import Leg, Sending
from zoco.mail.sending.tests.conftest import go, start
from zoco.mail.sending.tests.test_reports import forgotten, told
from zoco.people.models import Person

pytestmark = pytest.mark.django_db
__all__ = ["forgotten", "told"]
HONEY, WAX = "https://shop.example/honey", "https://shop.example/wax?a=1&b=2"
DOMAINS = ("one.example", "two.example", "three.example")
Fits = Callable[[Message], bool]


@pytest.fixture
def orders(sending: Sending, people: list[Person], told: Any) -> Counter[int]:
    """Let two tests of letters leave by rows alone; return how many orders followed by message."""
    luck, now = random.Random(11), timezone.now()
    placed: list[tuple[str, int, Any, str, str, str]] = []
    found: Counter[int] = Counter()
    for name in ("June", "July"):
        made = Sending.objects.create(
            name=name, letter=sending.letter, account=sending.account, state="ended", created_at=now
        )
        for arm in ("a", "b", "rest"):
            for message in _leg(made, arm, luck, now):
                _came(message, luck, now)
                clicks = Look.objects.filter(message=message, kind="click")
                if clicks.exists() and luck.random() < 0.4:
                    person = message.person_id or 0
                    placed.append((ORDERED, person, now, str(message.pk), "10", "EUR"))
                    found[message.pk] += 1
    told(*placed)
    return found


def _leg(made: Sending, arm: str, luck: random.Random, now: Any) -> list[Message]:
    size = 30
    batch = Batch.objects.create(
        maker="sending", account=made.account, adapter="email", purpose="marketing", created_at=now,
        total=size, state="finished", filled_at=now,
    )  # fmt: skip
    Leg.objects.create(sending=made, arm=arm, letter=made.letter, size=size, begins_at=now, batch=batch)
    for number, address in enumerate((HONEY, WAX), 1):
        LetterLink.objects.create(batch=batch.pk, language="en", number=number, address=address)
    whom = [Person.objects.create(name=f"{number}", created_at=now, changed_at=now) for number in range(size)]
    rows = [
        Message(
            uid=uuid4(), key=uuid4().hex, account=made.account, adapter="email", batch=batch, person=each,
            to=f"p{each.pk}@{luck.choice(DOMAINS)}", created_at=now, done_at=now,
            state=luck.choices(("sent", "failed", "refused"), (8, 1, 1))[0], because="cap",
        )
        for each in whom
    ]  # fmt: skip
    return [each for each in Message.objects.bulk_create(rows) if each.state == "sent"]


def _came(message: Message, luck: random.Random, now: Any) -> None:
    batch, seen = message.batch_id or 0, now - timedelta(hours=2)
    account, person = message.account, message.person_id
    assert account is not None
    assert person is not None
    if luck.random() < 0.5:
        Look.objects.create(message=message, batch=batch, kind="open", verdict="person", at=seen)
        for number in luck.sample((1, 2), luck.randrange(3)):
            Look.objects.create(
                message=message, batch=batch, kind="click", language="en", number=number, verdict="person",
                at=seen,
            )  # fmt: skip
    elif luck.random() < 0.4:
        Told.objects.create(
            account=account, event=uuid4().hex, told="bounced", message=message, batch=batch, at=now
        )
    elif luck.random() < 0.4:
        proof = {"form": "unsubscribe", "message": str(message.uid)}
        Choice.objects.create(
            person_id=person, state="withdrawn", proof=proof, at=now, topic="news",
            purpose="marketing",
        )  # fmt: skip


def by_hand(fits: Fits, orders: Counter[int]) -> list[str]:
    """Count what fits, message by message, as the page writes it."""
    found: Counter[str] = Counter()
    for message in Message.objects.filter(state="sent", batch__isnull=False):
        if not fits(message):
            continue
        kinds = set(Look.objects.filter(message=message).values_list("kind", flat=True))
        is_back = Told.objects.filter(message=message, told="bounced").exists()
        has_left = Choice.objects.filter(proof__message=str(message.uid)).exists()
        found["sent"] += 1
        found["delivered"] += not is_back
        found["opened"] += bool(kinds)
        found["clicked"] += "click" in kinds
        found["did"] += bool(orders[message.pk])
        found["money"] += 10 * orders[message.pk]
        found["left"] += has_left
    names = ("sent", "delivered", "opened", "clicked", "did")
    money = f"€{found['money']}.00" if found["money"] else "–"
    return [*(formats.count(found[each]) for each in names), money, formats.count(found["left"]), "0"]


def followed(number: int) -> Fits:
    return lambda message: Look.objects.filter(message=message, kind="click", number=number).exists()


def of_arm(arm: str) -> Fits:
    return lambda message: Leg.objects.filter(batch=message.batch_id, arm=arm).exists()


def to_domain(domain: str) -> Fits:
    return lambda message: message.to.endswith(f"@{domain}")


@pytest.mark.parametrize("is_kept", [False, True], ids=["counted anew", "kept"])
def test_narrowed_figures_are_those_counted_by_hand(
    sending: Sending, orders: Counter[int], client: Client, is_kept: bool
) -> None:
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    if is_kept:
        assert tallies_keep(now=timezone.now()) == 6
    few = {"domain": DOMAINS[1], "link": f"en:{WAX}", "arm": "a"}
    cases: list[tuple[dict[str, str], Fits]] = [
        ({}, lambda message: True),
        ({"domain": DOMAINS[0]}, to_domain(DOMAINS[0])),
        ({"link": f"en:{HONEY}"}, followed(1)),
        ({"link": f"en:{WAX}"}, followed(2)),
        ({"arm": "a"}, of_arm("a")),
        ({"arm": "rest"}, of_arm("rest")),
        (few, lambda each: to_domain(DOMAINS[1])(each) and followed(2)(each) and of_arm("a")(each)),
    ]
    for asked, fits in cases:
        wanted = by_hand(fits, orders)
        for address in ("sendings/report/", f"letters/{sending.letter_id}/report/"):
            cache.clear()
            answer = client.get(f"/admin/{address}", asked)
            assert [each["count"] for _label, each in answer.context["whole"]] == wanted, (address, asked)
        assert "0" not in wanted[:5], asked


def test_rows_lead_to_what_they_count_and_chips_lead_back(
    sending: Sending, orders: Counter[int], client: Client
) -> None:
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    june = Sending.objects.get(name="June")
    where = f"/admin/sendings/{june.pk}/report/"

    whole = client.get(where, {"window": "3"}).context
    assert [arm for arm, _name in whole["arms"]] == ["a", "b", "rest"]
    rows = [(line["url"], line["cells"][0][1]["count"], "") for line in (*whole["parts"], *whole["domains"])]
    rows += [(line["url"], "", line["people"]["count"]) for line in whole["links"]]
    assert len(rows) == 3 + len(DOMAINS) + 2
    for url, tried, readers in rows:
        answer = client.get(where + url)
        counts = [each["count"] for _label, each in answer.context["whole"]]
        (chip,) = answer.context["chips"]
        assert counts[3] == readers if readers else int(counts[0]) <= int(tried), url
        assert chip[2] == "?window=3"
        assert 'aria-label="Show the letters without it' in answer.content.decode()

    only = parse_qs(urlsplit(whole["parts"][0]["url"]).query)
    assert only == {"window": ["3"], "arm": ["a"]}
    (arm,) = client.get(where, only).context["parts"]
    assert arm["label"] == "A"


def test_nothing_that_fits_is_said_and_addresses_of_no_sense_narrow_nothing(
    sending: Sending, orders: Counter[int], client: Client
) -> None:
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    where = "/admin/sendings/report/"

    nobody = client.get(where, {"domain": "nowhere.example"}).content.decode()
    all_of_them = client.get(where).context["whole"]

    assert "No letter fits" in nobody
    assert "Show all of them" in nobody
    for asked in ({"arm": "z"}, {"domain": "*"}, {"link": "en:"}, {"link": "honey"}):
        assert client.get(where, asked).context["whole"] == all_of_them, asked
    assert client.get(where, {"domain": "a\0b"}).status_code == 404


def test_list_of_who_got_nothing_is_narrowed_as_its_page_is(
    sending: Sending, orders: Counter[int], client: Client
) -> None:
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    asked = {"domain": DOMAINS[2], "arm": "b"}

    url = client.get("/admin/sendings/report/", asked).context["held_url"]
    lines = b"".join(client.post(url)).decode().splitlines()

    held = Message.objects.filter(state__in=("refused", "failed"), batch__isnull=False)
    wanted = {each.to for each in held if to_domain(DOMAINS[2])(each) and of_arm("b")(each)}
    assert wanted
    assert {line.split(",")[2] for line in lines[1:]} == wanted


def test_letters_that_left_one_by_one_are_in_no_arm(
    sending: Sending, people: list[Person], server: Mailbox, told: Any, client: Client
) -> None:
    go(start(sending))
    told()
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))

    page = client.get("/admin/sendings/report/", {"arm": "rest"}).context

    assert (page["sent"], page["arms"]) == (0, [])
    assert client.get("/admin/sendings/report/").context["sent"] == 3


@pytest.mark.parametrize("is_kept", [False, True], ids=["counted anew", "kept"])
def test_what_a_provider_tells_of_a_batch_holds_for_each_of_its_domains(
    sending: Sending, orders: Counter[int], client: Client, is_kept: bool
) -> None:
    quiet = to_domain(DOMAINS[0])
    for message in Message.objects.filter(state="sent", batch__isnull=False).exclude(
        pk__in=Told.objects.values("message")
    ):
        if not quiet(message):
            assert message.account is not None
            Told.objects.create(
                account=message.account, event=uuid4().hex, told="delivered", message=message,
                batch=message.batch_id, at=timezone.now(),
            )  # fmt: skip
    if is_kept:
        tallies_keep(now=timezone.now())
    client.force_login(User.objects.create_superuser("owner", "o@shop.example", "x"))
    where = f"/admin/sendings/{Sending.objects.get(name='June').pk}/report/"

    rows = {line["label"]: line for line in client.get(where).context["domains"]}

    for domain in DOMAINS:
        line = rows[domain]
        narrowed = client.get(where + line["url"]).context["whole"]
        delivered = line["cells"][1][1]["count"]
        assert narrowed[1][1]["count"] == delivered, domain
        assert (delivered == "0") is (domain == DOMAINS[0])
