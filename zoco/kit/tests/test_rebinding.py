"""Names that answer differently the second time, and what redirects lead to: nothing inside is reached."""

import _socket
import socket

import pytest

from zoco.kit.http import AddressRefused, FetchFailed, addresses_of, fetch
from zoco.kit.tests.conftest import Server

PUBLIC = "93.184.216.34"
REBINDING = "rebinding.example"
INSIDE = [
    "http://127.0.0.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f.1:{port}/",
    "http://0x7f000001:{port}/",
    "http://017700000001:{port}/",
    "http://127.1:{port}/",
    "http://0:{port}/",
    "http://localhost:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[64:ff9b::127.0.0.1]:{port}/",
    "//127.0.0.1:{port}/",
]
SAID_OTHERWISE = ["http://１２７.0.0.1:{port}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://127。0。0。1:{port}/"]


class Internet:
    """Answers for names one after the other; what is connected to a public address reaches our server."""

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[list[str]] = []
        self.reached: list[str] = []
        self._port, self._connect = server.server_port, socket.create_connection
        monkeypatch.setattr(socket, "getaddrinfo", self.resolved)
        monkeypatch.setattr(socket, "create_connection", self.connected)

    def resolved(self, host: str, port: int, *_more: object, **_named: object) -> list[tuple[object, ...]]:
        """Answer for a name in turn; what is a number in any spelling, the machine reads itself."""
        if host != REBINDING:
            return list(_socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in self.answers.pop(0)]

    def connected(self, address: tuple[str, int], timeout: float) -> socket.socket:
        """Note which address is connected to, and lead there."""
        self.reached.append(address[0])
        return self._connect(("127.0.0.1", self._port), timeout=timeout)


@pytest.fixture
def internet(server: Server, monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet(server, monkeypatch)


def test_a_name_is_asked_once_and_what_it_says_later_is_not_heard(server: Server, internet: Internet) -> None:
    internet.answers = [[PUBLIC], ["127.0.0.1"]]

    answer = fetch(f"http://{REBINDING}:{server.server_port}/page")

    assert (answer.status, answer.is_inside) == (200, False)
    assert internet.reached == [PUBLIC]
    assert internet.answers == [["127.0.0.1"]]


@pytest.mark.parametrize("networks", ["", "127.0.0.0/8"])
def test_a_name_that_leads_back_to_itself_and_is_inside_by_then_is_refused(
    server: Server, internet: Internet, monkeypatch: pytest.MonkeyPatch, networks: str
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", networks)
    internet.answers = [[PUBLIC], ["127.0.0.1"]]

    with pytest.raises(AddressRefused, match="no public address"):
        fetch(f"http://{REBINDING}:{server.server_port}/to//inside")

    assert [path for _method, path, _host, _body in server.asked] == ["/to//inside"]
    assert internet.reached == [PUBLIC]


def test_a_name_with_one_address_inside_among_others_is_refused(server: Server, internet: Internet) -> None:
    internet.answers = [[PUBLIC, "127.0.0.1"], [PUBLIC, "127.0.0.1"]]

    with pytest.raises(AddressRefused):
        fetch(f"http://{REBINDING}:{server.server_port}/")
    with pytest.raises(AddressRefused):
        addresses_of(REBINDING, 25)

    assert internet.reached == []


@pytest.mark.parametrize("networks", ["", "127.0.0.0/8"])
@pytest.mark.parametrize("where", INSIDE)
def test_a_server_outside_leads_to_nothing_inside_however_it_is_spelt(
    server: Server, internet: Internet, monkeypatch: pytest.MonkeyPatch, where: str, networks: str
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", networks)
    internet.answers = [[PUBLIC]]
    leads = where.format(port=server.server_port)

    with pytest.raises(AddressRefused):
        fetch(f"http://{REBINDING}:{server.server_port}/to/{leads}")

    assert len(server.asked) == 1
    assert internet.reached == [PUBLIC]


@pytest.mark.parametrize("where", [*INSIDE[:-1], *SAID_OTHERWISE])
def test_this_machine_is_refused_however_it_is_spelt(server: Server, internet: Internet, where: str) -> None:
    with pytest.raises(AddressRefused):
        fetch(where.format(port=server.server_port))

    assert (server.asked, internet.reached) == ([], [])


def test_a_name_that_answers_nothing_is_said_to(server: Server, internet: Internet) -> None:
    internet.answers = [[]]

    with pytest.raises(FetchFailed):
        fetch(f"http://{REBINDING}:{server.server_port}/")
