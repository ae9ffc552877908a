"""Mail to accounts, against a real server on loopback; to nobody else."""

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth.models import Group, User

from zoco.kit import staff_mail
from zoco.kit.staff_mail import Attached, NotStaff, send, staff
from zoco.project.roles import roles_ensure

pytestmark = pytest.mark.django_db
SEE = "zoco_ledger.view_reports"


class Post:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a letter."""
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((list(envelope.rcpt_tos), letter))
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    kept = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield kept
    server.stop()


def account(name: str, role: str = "", **more: Any) -> User:
    made = User.objects.create_user(name, f"{name}@honey.example", "hexagon-comb-12", **more)
    if role:
        made.groups.add(Group.objects.get(name=role))
    return made


def test_a_letter_reaches_the_account_and_nobody_else(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    roles_ensure()
    ana = account("ana", "analyst")
    monkeypatch.setenv("ZOCO_MAIL_FROM", "Zoco <zoco@honey.example>")
    pdf = Attached("week.pdf", b"%PDF-1.7", "application/pdf")

    for _ in range(2):
        send(
            ana,
            subject="Visits\nfell",
            text="Hello",
            html="<p>Hello</p>",
            key="a 1",
            files=[pdf],
            permission=SEE,
        )

    (receivers, letter), (_, again) = post.letters
    assert receivers == ["ana@honey.example"]
    assert letter["Subject"] == "Visits fell"
    assert letter["From"] == "Zoco <zoco@honey.example>"
    assert letter["Message-ID"] == again["Message-ID"]
    assert [part.get_content_type() for part in letter.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/pdf",
    ]


def test_who_may_not_see_it_gets_nothing(post: Post) -> None:
    roles_ensure()
    closed = account("bea", "owner", is_active=False)
    outsider = account("cleo")
    silent = account("dora", "owner")
    silent.email = ""

    for each in (closed, outsider, silent):
        with pytest.raises(NotStaff):
            send(each, subject="Hello", text="Hello", key="b", permission=SEE)

    assert post.letters == []


def test_roles_and_keys_name_accounts_each_once() -> None:
    roles_ensure()
    ana, bea = account("ana", "analyst"), account("bea", "owner")
    account("cleo")

    assert staff(roles=["analyst", "owner"], users=[ana.pk], permission=SEE) == [ana, bea]
    assert staff(users=[bea.pk]) == [bea]
    assert staff_mail.language_of(ana) == "en"
