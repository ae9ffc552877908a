"""A name server with the records of a test, and a domain that mail comes from."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from zoco.channels.domains.models import SendingDomain
from zoco.channels.domains.signing import signers_forget
from zoco.channels.tests.nameserver import nameserver

Serve = Callable[..., None]


@pytest.fixture(autouse=True)
def fresh() -> None:
    signers_forget()


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Give what lets DNS have these records, and no others, from now on."""
    with ExitStack() as held:

        def begin(*lines: str) -> None:
            held.pop_all().close()
            monkeypatch.setenv("ZOCO_NAMESERVERS", held.enter_context(nameserver(tmp_path, list(lines))))

        yield begin


@pytest.fixture
def domain(db: None) -> SendingDomain:
    return SendingDomain.objects.create(name="shop.example", hosts="mail.shop.example")
