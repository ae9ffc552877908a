"""The second step: codes, log-in, recovery, turning off, demand, and what a stranger cannot do."""

import re
from argparse import Namespace
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client

from zoco.project.commands.account import AccountReset
from zoco.project.entry import codes, services
from zoco.project.models import Change, FirstPassword, RecoveryCode, SecondStep

pytestmark = pytest.mark.django_db
PASSWORD = "hexagon-comb-12"


@pytest.fixture
def ann() -> User:
    return get_user_model().objects.create_superuser("ann", "ann@honey.example", PASSWORD)


def code_now(user: User, steps: int = 0) -> str:
    seed = SecondStep.objects.get(user=user).seed
    return codes.code_at(codes.secret_of(seed), int(datetime.now(UTC).timestamp()) // 30 + steps)


def turned_on(user: User) -> list[str]:
    seed, now = codes.seed_new(), datetime.now(UTC)
    typed = codes.code_at(codes.secret_of(seed), int(now.timestamp()) // 30 - 1)
    return services.second_step_turn_on(user=user, seed=seed, typed=typed, session_key="", at=now)


def logged_in(password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": "ann", "password": password})
    return client


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert codes.code_at(b"12345678901234567890", seconds // 30) == code


def test_code_of_the_step_before_or_after_is_taken_and_others_are_not() -> None:
    seed, now = codes.seed_new(), datetime(2026, 5, 1, 12, 0, 10, tzinfo=UTC)
    here = int(now.timestamp()) // 30
    secret = codes.secret_of(seed)

    taken = [codes.step_of(seed, codes.code_at(secret, here + off), at=now) for off in (-2, -1, 0, 1, 2)]

    assert taken == [None, here - 1, here, here + 1, None]
    assert codes.step_of(seed, "", at=now) is None
    assert codes.step_of(seed, "１２３４５６", at=now) is None


def test_password_alone_opens_nothing(ann: User) -> None:
    turned_on(ann)
    client = logged_in()

    assert client.get("/admin/").headers["location"] == "/second-step/?next=/admin/"
    assert client.get("/admin/users/").headers["location"] == "/second-step/?next=/admin/users/"
    assert client.get("/api/v1/sites").status_code == 401
    assert client.get("/second-step/own/").headers["location"] == "/second-step/"
    assert client.post("/admin/users/new/", {"username": "eve"}).status_code == 302
    assert not get_user_model().objects.filter(username="eve").exists()


def test_right_code_opens_once(ann: User) -> None:
    turned_on(ann)
    first, second, code = logged_in(), logged_in(), code_now(ann)

    assert (
        first.post("/second-step/?next=/admin/users/", {"code": code}).headers["location"] == "/admin/users/"
    )
    assert first.get("/admin/").status_code == 200
    assert first.get("/api/v1/sites").status_code == 200
    again = second.post("/second-step/", {"code": code})
    assert "This code is wrong, or it was used before." in again.content.decode()
    assert second.get("/admin/").status_code == 302


def test_recovery_code_opens_once(ann: User) -> None:
    made = turned_on(ann)
    assert len(set(made)) == 10
    assert not {code for code in made if RecoveryCode.objects.filter(digest__contains=code[:4]).exists()}

    first = logged_in().post("/second-step/", {"code": made[3].upper().replace("-", " ")})
    second = logged_in().post("/second-step/", {"code": made[3]})

    assert first.headers["location"] == "/admin/"
    assert second.status_code == 200
    assert RecoveryCode.objects.count() == 9


def test_tenth_wrong_code_brakes_from_every_address(ann: User) -> None:
    turned_on(ann)
    client = logged_in()
    for number in range(10):
        client.post("/second-step/", {"code": "nothing"}, REMOTE_ADDR=f"192.0.2.{number}")

    page = client.post("/second-step/", {"code": code_now(ann)})

    assert "Too many failed attempts." in page.content.decode()


def test_it_leads_nowhere_else(ann: User) -> None:
    turned_on(ann)

    answer = logged_in().post("/second-step/?next=https://evil.example/", {"code": code_now(ann)})

    assert answer.headers["location"] == "/admin/"


def test_setting_it_up_shows_secret_and_codes_once_and_ends_other_sessions(ann: User) -> None:
    here, there = logged_in(), logged_in()
    page = here.get("/second-step/own/").content.decode()
    typed = re.search(r'<code id="secret">([A-Z2-7 ]+)</code>', page)
    assert typed is not None
    assert "<svg" in page
    seed = here.session["zoco_second_step_seed"]
    assert codes.secret_typed(seed) == typed[1]

    wrong = here.post("/second-step/own/", {"code": "000000x"}).content.decode()
    assert "This code is wrong." in wrong
    assert not SecondStep.objects.exists()
    code = codes.code_at(codes.secret_of(seed), int(datetime.now(UTC).timestamp()) // 30)
    shown = here.post("/second-step/own/", {"code": code}).content.decode()

    assert len(re.findall(r"<li><code>([a-z0-9]{4}-){3}[a-z0-9]{4}</code>", shown)) == 10
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").headers["location"] == "/admin/login/?next=/admin/"
    assert "<svg" not in here.get("/second-step/own/").content.decode()
    assert seed not in str(list(Change.objects.values()))


def test_turning_off_needs_password_and_code(ann: User) -> None:
    turned_on(ann)
    client = logged_in()
    client.post("/second-step/", {"code": code_now(ann)})

    for given in ({"password": PASSWORD, "code": "1"}, {"password": "x", "code": code_now(ann, 1)}):
        client.post("/second-step/own/", given | {"do": "off"})
        assert SecondStep.objects.exists()
    client.post("/second-step/own/", {"password": PASSWORD, "code": code_now(ann, 1), "do": "off"})

    assert not SecondStep.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert client.get("/admin/").status_code == 200


def test_new_recovery_codes_replace_the_old(ann: User) -> None:
    old = turned_on(ann)
    client = logged_in()
    client.post("/second-step/", {"code": code_now(ann)})

    client.post("/second-step/own/", {"password": PASSWORD, "code": code_now(ann, 1), "do": "codes"})

    assert RecoveryCode.objects.count() == 10
    assert not RecoveryCode.objects.filter(digest=codes.recovery_digest(ann.pk, old[0])).exists()


def test_demanded_of_all_it_is_set_up_before_anything_else(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = logged_in()
    assert client.get("/admin/").status_code == 200

    monkeypatch.setenv("ZOCO_SECOND_STEP", "1")

    assert client.get("/admin/").headers["location"] == "/second-step/own/?next=/admin/"
    assert client.get("/api/v1/sites").status_code == 401
    page = client.get("/second-step/own/").content.decode()
    assert "This installation asks all accounts for a second step." in page
    FirstPassword.objects.create(user=ann)
    assert logged_in().get("/admin/").headers["location"] == "/choose-password/"


def test_demanded_of_all_it_cannot_be_turned_off(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    turned_on(ann)
    client = logged_in()
    client.post("/second-step/", {"code": code_now(ann)})
    monkeypatch.setenv("ZOCO_SECOND_STEP", "1")

    client.post("/second-step/own/", {"password": PASSWORD, "code": code_now(ann, 1), "do": "off"})

    assert SecondStep.objects.exists()


def test_owner_turns_off_that_of_another(ann: User, client: Client) -> None:
    turned_on(ann)
    boss = get_user_model().objects.create_superuser("boss", password="x")
    client.force_login(boss)
    assert "Turn off for ann" in client.get("/admin/second-steps/").content.decode()

    client.post(f"/admin/second-steps/{ann.pk}/reset/")

    assert not SecondStep.objects.exists()
    line = Change.objects.get(action="second_step.off")
    assert (line.by_name, line.subject_name) == ("boss", "ann")


def test_command_lets_a_locked_out_owner_in(ann: User, capsys: pytest.CaptureFixture[str]) -> None:
    turned_on(ann)
    before = logged_in()

    assert AccountReset().run(Namespace(name="ann", password=True)) == 0

    password = capsys.readouterr().out.strip()
    assert before.get("/admin/").headers["location"].startswith("/admin/login/")
    assert logged_in(password).get("/admin/").headers["location"] == "/choose-password/"
    assert Change.objects.filter(action="second_step.off", by_name="command line").count() == 1


def test_log_ins_and_failed_ones_are_written_down(ann: User) -> None:
    logged_in("wrong")
    Client().post("/admin/login/", {"username": PASSWORD, "password": "x"})
    logged_in()

    log_ins = Change.objects.filter(action__startswith="login").order_by("id")
    lines = log_ins.values_list("action", "by_name", "subject_name", "address")
    assert list(lines) == [
        ("login.failed", "", "ann", "127.0.0.1"),
        ("login.failed", "", "", "127.0.0.1"),
        ("login", "ann", "ann", "127.0.0.1"),
    ]
