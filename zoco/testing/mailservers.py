"""Postfix and Dovecot on loopback: mail that goes out, bounces, and is read. They run as root alone."""

import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

DOMAIN = "shop.example"
PASSWORD = "honeycomb"  # noqa: S105 - of mailboxes that live for a test
UID = 60_999
"""Nobody's number: mail is delivered and read as this user."""
START_SECONDS = 20.0
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_POSTFIX = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/postfix.log
maillog_file_prefixes = {root}
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
recipient_delimiter = +
alias_maps =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = texthash:{root}/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{uid}
virtual_minimum_uid = 100
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtputf8_enable = no
"""
_DOVECOT = """\
protocols = imap
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
ssl = no
disable_plaintext_auth = no
first_valid_uid = 100
mail_location = maildir:{root}/mail/%n
default_login_user = dovenull
default_internal_user = dovecot
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={root}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


class ServersFailed(RuntimeError):
    """A server did not start; the message holds its log."""


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where they listen. Each mailbox is `name@shop.example`, opened with the same password."""

    root: Path
    smtp: int
    imap: int

    def put(self, name: str, raw: bytes, *, sender: str = "") -> None:
        """Deliver a mail into a mailbox as if a server had brought it."""
        import smtplib

        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as server:
            server.sendmail(sender, [f"{name}@{DOMAIN}"], raw)

    def wait(self, name: str, count: int, *, seconds: float = 15.0) -> None:
        """Wait until so many mails lie in a mailbox. Raises ServersFailed."""
        end = time.monotonic() + seconds
        folder = self.root / "mail" / name
        while sum(len(list((folder / each).glob("*"))) for each in ("new", "cur")) < count:
            if time.monotonic() > end:
                raise ServersFailed((self.root / "postfix.log").read_text("utf-8"))
            time.sleep(0.05)


@contextmanager
def mail_servers(*names: str) -> Iterator[MailServers]:
    """Run both meanwhile, with these mailboxes. Raises ServersFailed."""
    root = Path(tempfile.mkdtemp(prefix="zoco-mail-"))
    root.chmod(0o755)
    servers = MailServers(root, _free(), _free())
    dovecot: subprocess.Popen[bytes] | None = None
    try:
        _postfix_write(servers, names)
        _run("postfix", "-c", str(root / "etc"), "start")
        dovecot = _dovecot_start(servers)
        _listens(servers.smtp, root / "postfix.log")
        _listens(servers.imap, root / "dovecot.log")
        yield servers
    finally:
        with suppress(ServersFailed):
            _run("postfix", "-c", str(root / "etc"), "abort")
        if dovecot is not None:
            dovecot.terminate()
            with suppress(subprocess.TimeoutExpired):
                dovecot.wait(10)
            dovecot.kill()
            dovecot.wait()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def looked_into(servers: MailServers, name: str) -> Iterator[imaplib.IMAP4]:
    """Open a mailbox as its owner's program does."""
    with imaplib.IMAP4("127.0.0.1", servers.imap, 10) as box:
        box.login(name, PASSWORD)
        box.select()
        yield box


def _postfix_write(servers: MailServers, names: tuple[str, ...]) -> None:
    root = servers.root
    for folder in ("etc", "queue", "data", "mail"):
        (root / folder).mkdir()
    shutil.chown(root / "data", "postfix")
    os.chown(root / "mail", UID, UID)
    (root / "mailboxes").write_text("".join(f"{each}@{DOMAIN} {each}/\n" for each in names), "utf-8")
    (root / "etc" / "main.cf").write_text(_POSTFIX.format(root=root, domain=DOMAIN, uid=UID), "utf-8")
    (root / "etc" / "master.cf").write_text(_SERVICES.format(port=servers.smtp), "utf-8")
    for each in root.rglob("*"):  # whatever umask the tests run with: the servers' users read them
        each.chmod(0o755 if each.is_dir() else 0o644)


def _dovecot_start(servers: MailServers) -> subprocess.Popen[bytes]:
    written = _DOVECOT.format(root=servers.root, port=servers.imap, uid=UID, password=PASSWORD)
    path = servers.root / "etc" / "dovecot.conf"
    path.write_text(written, "utf-8")
    return subprocess.Popen([_program("dovecot"), "-F", "-c", str(path)], stderr=subprocess.DEVNULL)


def _run(name: str, *words: str) -> None:
    done = subprocess.run(
        [_program(name), *words], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
    )
    if done.returncode:
        raise ServersFailed(f"{name}: {(done.stdout + done.stderr).decode('utf-8', 'replace')}")


def _program(name: str) -> str:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or name


def _listens(port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise ServersFailed(log.read_text("utf-8") if log.exists() else f"Nothing listens on {port}.")


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
