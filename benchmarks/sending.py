"""Letters sent a second of one processor, over the whole path, to a real mail server that takes everything.

The path: claimed, permission asked, made for each person, handed over, sent, written down, told as a fact.
It is a sending that was started: links are counted and lead through us, ways out and the address for what
comes back are signed for each person. The letter is that of `benchmarks.letters`. The reference runs in the
same process against the same server: Django's own back end sends mails that are ready, one connection,
nothing else. Needs `smtp-sink` of Postfix; the database is an SQLite file in a temporary folder. With
`distant` the server is 20 ms away, there and back, behind a proxy in a process of its own, for us and for
Django's back end; usual are then 50 lines. With `rsa`, `ed25519` or both our own DKIM signs each letter with
such keys; Django's back end signs none.
Run: `.venv/bin/python -m benchmarks.sending [letters] [lines] [distant] [rsa] [ed25519]`
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

FOLDER = tempfile.mkdtemp(prefix="zoco-sending-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "zoco.project.settings", "ZOCO_DATA": FOLDER}
os.environ |= {
    "ZOCO_PRIVATE_NETWORKS": "127.0.0.0/8",
    "DATABASE_URL": "",
    "ZOCO_ADDRESS": "https://z.example",
}

import django  # noqa: E402

django.setup()

from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.letters import blocks  # noqa: E402
from zoco.channels.bulk.models import Batch  # noqa: E402
from zoco.channels.bulk.reads import batch_counts  # noqa: E402
from zoco.channels.bulk.sending import batch_send  # noqa: E402
from zoco.channels.domains.keys import ED25519, RSA  # noqa: E402
from zoco.channels.domains.models import SendingDomain  # noqa: E402
from zoco.channels.domains.services import key_add, key_switch  # noqa: E402
from zoco.channels.models import Account  # noqa: E402
from zoco.channels.services import account_save  # noqa: E402
from zoco.consent.models import Choice, Rule, Standing, Topic  # noqa: E402
from zoco.mail.editing.models import Letter  # noqa: E402
from zoco.mail.editing.services import Words, edition_write, letter_write  # noqa: E402
from zoco.mail.inbox.models import Mailbox  # noqa: E402
from zoco.mail.letters.compiling import compiled  # noqa: E402
from zoco.mail.letters.drafts import Draft  # noqa: E402
from zoco.mail.sending.following import sending_follow  # noqa: E402
from zoco.mail.sending.models import Sending  # noqa: E402
from zoco.mail.sending.services import sending_start, sending_write  # noqa: E402
from zoco.people.audiences.models import Audience  # noqa: E402
from zoco.people.audiences.services import audience_write, members_add  # noqa: E402
from zoco.people.identities import identity_read  # noqa: E402
from zoco.people.writing import Incoming, people_write  # noqa: E402
from zoco.sites.models import Hostname, Site  # noqa: E402

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHUNK = 500


@contextmanager
def smtp_sink(*options: str) -> Iterator[int]:
    """Run a mail server that takes all mail and keeps none; gives its port."""
    program = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        sys.exit("There is no smtp-sink here: apt-get install postfix.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [program, *who, *options, f"127.0.0.1:{port}", "1000"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _listens(port)
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def distant(port: int) -> Iterator[int]:
    """Let a server be far away; gives the port of what leads there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        near = int(free.getsockname()[1])
    proxy = subprocess.Popen([sys.executable, "-m", "benchmarks.servers.distant", str(near), str(port)])
    try:
        _listens(near)
        yield near
    finally:
        proxy.terminate()
        proxy.wait()


def _listens(port: int) -> None:
    for _ in range(100):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"Nothing listens on {port}.")


def people_made(count: int) -> list[int]:
    """Make so many people who agreed to get letters."""
    found: list[int] = []
    for start in range(0, count, CHUNK):
        rows = [
            Incoming((identity_read("email", f"p{n}@shop{n % 40}.example"),), {"given_name": f"María {n}"})
            for n in range(start, min(start + CHUNK, count))
        ]
        found += [each.person.pk for each in people_write(rows, at=NOW) if each.person]
    given = {
        "purpose": "marketing",
        "topic": "news",
        "adapter": "",
        "state": Choice.State.GIVEN,
        "since": NOW,
    }
    Standing.objects.bulk_create([Standing(person_id=pk, **given) for pk in found], batch_size=CHUNK)
    return found


def prepared(count: int, port: int, kinds: Sequence[str]) -> Batch:
    """Make the tables, the people, the account, and a sending to them whose batch runs."""
    call_command("migrate", verbosity=0)
    Rule.objects.create(purpose="marketing", most=0, opens_at="08:00", closes_at="08:00")
    Topic.objects.create(key="news", label="News")
    now = timezone.now()
    domain = SendingDomain.objects.create(name="shop.example", checked_at=now, findings=[])
    for kind in kinds:
        key_switch(key=key_add(domain=domain, kind=kind, at=NOW), at=NOW)
    settings: dict[str, object] = {"from_address": "news@shop.example", "from_name": "Honey", "tls": "plain"}
    settings |= {"host": "127.0.0.1", "port": port}
    account = account_save(account=Account(adapter="email", name="mail"), settings=settings, secrets={})
    returns = Mailbox.objects.create(name="returns", bounce_address="returns@shop.example")
    returns.accounts.add(account)
    audience = audience_write(name="all", kind=Audience.Kind.STATIC, at=now)
    members_add(audience=audience, people=people_made(count), at=now)
    audience.refresh_from_db()
    sending = Sending(name="Winter", letter=letter_made(now), audience=audience, account=account)
    sending.campaign = "winter"
    sending_write(sending=sending, at=now)
    sending_start(sending=sending, expected=count, at=now)
    sending_follow(pk=sending.pk, now=now)
    return Batch.objects.get()


def letter_made(now: datetime) -> Letter:
    """Write the letter as an editor does; links lead to a site of ours."""
    site = Site.objects.create(slug="shop", name="Shop")
    Hostname.objects.create(site=site, name="s.example")
    letter = letter_write(letter=Letter(name="Winter", topic="news", site=site), at=now)
    subject = "{{ person.given_name|default('Friend') }}, honey"
    edition_write(letter=letter, language="en", words=Words(subject=subject, blocks=blocks()), at=now)
    return letter


def djangos(count: int, port: int) -> tuple[float, float]:
    """Return how many ready mails Django sends: in a second of one processor, and in a second."""
    letter = compiled(Draft(subject="Honey", blocks=blocks(), base="https://s.example"))
    mails = []
    for n in range(count):
        mail = EmailMultiAlternatives("Honey", letter.page, "news@shop.example", [f"p{n}@shop.example"])
        mail.attach_alternative(letter.page, "text/html")
        mails.append(mail)
    back_end = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port)
    began, clock = time.process_time(), time.monotonic()
    back_end.send_messages(mails)
    return count / (time.process_time() - began), count / (time.monotonic() - clock)


def main(count: int = 3_000, lines: int = 20, *, is_distant: bool = False, kinds: Sequence[str] = ()) -> None:
    """Measure and print."""
    try:
        with smtp_sink() as sink, distant(sink) if is_distant else nullcontext(sink) as port:
            batch = prepared(count, port, kinds)
            began, clock = time.process_time(), time.monotonic()
            while batch.state != Batch.State.FINISHED:
                batch_send(batch=batch, lines=lines)
                batch.refresh_from_db()
            spent, took = time.process_time() - began, time.monotonic() - clock
            counts = batch_counts(batch)
            reference, second = djangos(100 if is_distant else 300, port)
        where = "20 ms away" if is_distant else "near"
        where += f", signed by {' and '.join(kinds)}" if kinds else ""
        said = (
            f"{counts.sent:,} of {counts.total:,} letters sent by {lines} lines, {counts.uncertain} uncertain"
        )
        print(f"{said}, server {where}")
        print(f"whole path                  {counts.sent / spent:8,.0f} a second of one processor")
        print(f"whole path                  {counts.sent / took:8,.0f} a second")
        print(f"Django's, only sending      {reference:8,.0f} a second of one processor")
        print(f"Django's, only sending      {second:8,.0f} a second")
        print(f"ratio of processors         {counts.sent / spent / reference:8.2f}")
        print(f"ratio of seconds            {counts.sent / took / second:8.2f}")
    finally:
        shutil.rmtree(Path(FOLDER), ignore_errors=True)


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:] if each.isdigit()]
    far = "distant" in sys.argv[1:]
    signs = [each for each in (RSA, ED25519) if each in sys.argv[1:]]
    main(*(numbers or ([3_000, 50] if far else [])), is_distant=far, kinds=signs)
