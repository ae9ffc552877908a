"""Who may listen to the live stream, how many, and for how long."""

import time
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from zoco.project.entry import codes, services
from zoco.project.models import FirstPassword
from zoco.project.serving import live
from zoco.project.tests.live.streams import MOST, OURS, Served, account, client_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_strangers_and_accounts_without_the_permission_are_refused(served: Served) -> None:
    found = {
        "stranger": served.ask(),
        "no role": served.ask(client_of(account("bob", role=""))),
        "wrong cookie": served.ask(None, **OURS, Cookie="sessionid=nothing"),
    }
    closed = account("cy")
    client = client_of(closed)
    closed.is_active = False
    closed.save()
    found["closed"] = served.ask(client)

    assert {name: answer.status for name, answer in found.items()} == dict.fromkeys(found, 403)
    assert found["stranger"].read() == b"Log in first.\n"
    assert found["no role"].read() == b"This account may not see reports.\n"
    assert len(served.live.watch) == 0


def test_a_password_alone_is_not_enough_where_there_is_a_second_step(served: Served) -> None:
    user, now = account(), datetime.now(UTC)
    client = client_of(user)
    seed = codes.seed_new()
    typed = codes.code_at(codes.secret_of(seed), int(now.timestamp()) // 30)
    key = client.cookies["sessionid"].value
    services.second_step_turn_on(user=user, seed=seed, typed=typed, session_key=key, at=now)

    assert served.ask(client).status == 403


def test_whoever_must_choose_a_password_does_that_first(served: Served) -> None:
    user = account()
    FirstPassword.objects.create(user=user)

    assert served.ask(client_of(user)).status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Referer": "http://evil.example/admin/"}, 403),
        ({"Accept": "text/event-stream"}, 403),
        ({"Origin": "http://{host}"}, 200),
        ({"Referer": "http://{host}/admin/"}, 200),
    ],
)
def test_only_pages_of_this_address_get_it(
    served: Served, ana: Client, headers: dict[str, str], status: int
) -> None:
    host = f"127.0.0.1:{served.port}"

    assert (
        served.ask(ana, **{name: text.format(host=host) for name, text in headers.items()}).status == status
    )


def test_too_many_streams_are_refused_by_account_and_in_all(served: Served, ana: Client) -> None:
    mine = [served.ask(ana).status for _ in range(live.STREAMS_OF_A_USER)]
    one_more = served.ask(ana)
    eva = client_of(account("eva"))
    others = [served.ask(eva).status for _ in range(MOST - live.STREAMS_OF_A_USER)]
    beyond = served.ask(eva)

    assert {*mine, *others} == {200}
    assert (one_more.status, one_more.headers["retry-after"]) == (429, "60")
    assert one_more.read() == b"This account has 8 live streams already; close a browser.\n"
    assert beyond.status == 503
    assert b"ZOCO_LIVE_STREAMS" in beyond.read()


def test_a_stream_that_is_closed_makes_room(served: Served, ana: Client) -> None:
    for _ in range(live.STREAMS_OF_A_USER):
        assert served.ask(ana).status == 200
    served.opened[0].close()
    served.opened[0].sock = None

    deadline = time.monotonic() + 5
    while (status := served.ask(ana).status) == 429 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert status == 200


def test_a_stream_ends_when_the_account_is_closed(
    served: Served, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.2)
    answer = served.ask(ana)
    assert answer.status == 200

    get_user_model().objects.update(is_active=False)

    assert answer.read().endswith(b"event: end\ndata: access\n\n")
