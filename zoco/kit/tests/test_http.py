"""Fetching what somebody typed: nothing inside is reached, and nobody holds a fetch up."""

import socket
import time

import pytest

from zoco.kit.http import AddressRefused, FetchFailed, Limits, address_check, fetch
from zoco.kit.tests.conftest import Server


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "http://168.63.129.16/machine?comp=goalstate",
        "http://192.0.0.192/latest/",
        "http://[::ffff:168.63.129.16]/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b:1::7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[fec0::1]/",
        "http://[3fff::1]/",
        "http://[4000::1]/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "http:///nothing",
        "https://ana:secret@example.org/",
        "http://example.org/a b",
        "http://example.org:99999/",
    ],
)
def test_what_is_inside_or_no_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        address_check(url)
    with pytest.raises(AddressRefused):
        fetch(url)


@pytest.mark.parametrize("url", ["http://2130706433/", "http://0x7f.1/", "http://localhost/"])
def test_other_spellings_of_this_machine_are_refused_when_resolved(url: str) -> None:
    with pytest.raises((AddressRefused, FetchFailed)):
        fetch(url)


def test_a_network_that_is_allowed_is_reached(server: Server, allowed: None) -> None:
    answer = fetch(f"{server.url}/hook?a=1", method="POST", body=b"{}")

    assert (answer.status, answer.body) == (200, b"xx")
    assert server.asked == [("POST", "/hook?a=1", f"127.0.0.1:{server.server_port}", b"{}")]


def test_without_the_setting_it_is_not(server: Server) -> None:
    with pytest.raises(AddressRefused, match="ZOCO_PRIVATE_NETWORKS"):
        fetch(server.url)

    assert server.asked == []


def test_what_nobody_of_ours_named_reaches_no_server_inside(server: Server, allowed: None) -> None:
    assert fetch(server.url).is_inside
    with pytest.raises(AddressRefused):
        fetch(server.url, may_private=False)


def test_a_redirect_is_followed_and_checked_again(server: Server, allowed: None) -> None:
    assert fetch(f"{server.url}/to//end").url == f"{server.url}/end"
    with pytest.raises(AddressRefused):
        fetch(f"{server.url}/to/http://169.254.169.254/")
    with pytest.raises(FetchFailed, match="more than 1 times"):
        fetch(f"{server.url}/to//to//to//end", limits=Limits(redirects=1))


def test_a_body_is_not_handed_on(server: Server, allowed: None) -> None:
    assert fetch(f"{server.url}/to//end", method="POST", body=b"{}").status == 302
    assert len(server.asked) == 1


def test_a_name_that_changes_its_mind_gains_nothing(
    server: Server, allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])

    def resolved(*_asked: object, **_more: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), server.server_port))]

    real = socket.create_connection
    reached = []

    def connected(address: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(address[0])
        monkeypatch.undo()
        return real(address, timeout=timeout)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", connected)

    assert fetch(f"http://rebind.example:{server.server_port}/").status == 200
    assert reached == ["127.0.0.1"]
    assert server.asked[0][2] == f"rebind.example:{server.server_port}"
    assert next(answers) == "10.0.0.1"


def test_too_much_and_too_slow_are_broken_off(server: Server, allowed: None) -> None:
    with pytest.raises(FetchFailed, match="more than 100 bytes"):
        fetch(f"{server.url}/large", limits=Limits(size=100))

    began = time.monotonic()
    with pytest.raises(FetchFailed, match="in time"):
        fetch(f"{server.url}/drip", limits=Limits(seconds=0.5))
    assert time.monotonic() - began < 3


def test_nobody_there_is_said(allowed: None) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with pytest.raises(FetchFailed, match="did not answer"):
        fetch(f"http://127.0.0.1:{port}/")
