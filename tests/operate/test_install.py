"""The guide's own files: nginx and Caddy in front of the product, with TLS, and the unit of systemd."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.operate.running import Running, copied, free_port, until, zoco

pytestmark = pytest.mark.timeout(300)
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "install.md"
NAME = "zoco.example.org"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
NGINX = shutil.which("nginx", path=PATH) or ""
CADDY = shutil.which("caddy", path=PATH) or ""


def block(language: str) -> str:
    """Return the guide's file of this language."""
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate of our own."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-keyout", "privkey.pem", "-out", "fullchain.pem", "-days", "2"),
            *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def behind(begun: Path, tmp_path: Path) -> Iterator[Running]:
    """Return a product that knows its public address and its proxy, as the unit says."""
    folder = copied(begun, tmp_path / "data")
    assert zoco(folder, "site", "add", "Shop", "--host", NAME).returncode == 0
    unit = dict(re.findall(r"^Environment=(\w+)=(.*)$", block("ini"), re.MULTILINE))
    running = Running(folder, told={name: unit[name] for name in ("ZOCO_ADDRESS", "ZOCO_TRUSTED_PROXIES")})
    running.wait_ready()
    yield running
    running.stop()


Ask = Callable[..., http.client.HTTPResponse]


def asking(port: int, certificate: Path) -> Ask:
    """Return what asks over TLS under the name, from an address of this machine's loopback."""
    context = ssl.create_default_context(cafile=str(certificate / "fullchain.pem"))

    def ask(path: str, body: bytes | None = None, source: str = "127.0.0.5", **headers: str) -> Any:
        plain = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(source, 0))
        plain.connect()
        plain.sock = context.wrap_socket(plain.sock, server_hostname=NAME)
        given = {"Host": NAME, "User-Agent": AGENT} | {k.replace("_", "-"): v for k, v in headers.items()}
        plain.request("POST" if body is not None else "GET", path, body, given)
        return plain.getresponse()

    return ask


def started(command: list[str], port: int) -> subprocess.Popen[bytes]:
    """Start a web server and wait until it answers."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def listens() -> bool:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=2).connect()
        except OSError:
            assert process.poll() is None, "the web server ended"
            return False
        return True

    until(listens, 30)
    return process


@pytest.fixture
def nginx(behind: Running, certificate: Path, tmp_path: Path) -> Iterator[tuple[Ask, int]]:
    """Return what asks through nginx with the guide's file, and its plain port."""
    plain, secure = free_port(), free_port()
    text = block("nginx").replace("127.0.0.1:8000", f"127.0.0.1:{behind.port}")
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{secure} ")
    text = text.replace(f"/etc/letsencrypt/live/{NAME}", str(certificate))
    paths = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if Path("/root").owner() == "root" and tmp_path.owner() == "root" else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user}daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{paths}{text}}}\n"
    )
    command = [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    process = started([*command, "-e", str(tmp_path / "error.log")], secure)
    yield asking(secure, certificate), plain
    process.terminate()
    process.wait(20)


@pytest.fixture
def caddy(behind: Running, certificate: Path, tmp_path: Path) -> Iterator[Ask]:
    """Return what asks through Caddy with the guide's file; the certificate is ours."""
    secure = free_port()
    text = block("caddy").replace("127.0.0.1:8000", f"127.0.0.1:{behind.port}")
    keys = f"tls {certificate}/fullchain.pem {certificate}/privkey.pem"
    text = text.replace(f"{NAME} {{", f"https://{NAME}:{secure} {{\n\t{keys}", 1)
    (tmp_path / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
    command = ["env", f"HOME={tmp_path}", CADDY, "run", "--adapter", "caddyfile"]
    process = started([*command, "--config", str(tmp_path / "Caddyfile")], secure)
    yield asking(secure, certificate)
    process.terminate()
    process.wait(20)


def visitors(folder: Path, count: int) -> dict[str, tuple[int, str]]:
    """Return visitor and country by path, once there are so many page views."""
    from zoco.ledger.store.duckdb.store import DuckStore

    store = DuckStore(folder, lead=False)
    rows: list[dict[str, Any]] = []
    deadline = time.monotonic() + 20
    while len(rows) < count and time.monotonic() < deadline:
        time.sleep(0.2)
        statement = "select path, visitor, country from facts where name = 'web.page.viewed'"
        rows = store.query(statement).to_pylist()
    store.close()
    assert len(rows) == count
    return {row["path"]: (row["visitor"], row["country"]) for row in rows}


def behaves(ask: Ask, running: Running) -> None:
    """Check what a web server in front must do."""
    page = ask("/")
    text = page.read().decode()
    login = ask("/admin/login/")
    login.read()

    assert (page.status, ask("/healthz").status, login.status) == (200, 200, 200)
    assert re.search(r'<script defer src="/[0-9a-f]{10}7\.js"></script>', text)
    assert "secure" in (login.headers["Set-Cookie"] or "").lower()
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert page.headers["X-Request-Id"]
    assert ask("/metrics").status == 404
    assert running.get("/metrics") == 200

    for path, source, forged in (
        ("/one", "127.0.0.5", {}),
        (
            "/forged",
            "127.0.0.5",
            {"X_Forwarded_For": "8.8.8.8", "Forwarded": "for=8.8.8.8", "X_Real_IP": "8.8.8.8"},
        ),
        ("/other", "127.0.0.6", {}),
    ):
        body = json.dumps({"url": f"https://{NAME}{path}"}).encode()
        assert ask("/e", body, source, **forged).status == 204
    seen = visitors(running.folder, 3)

    assert seen["/forged"] == seen["/one"]
    assert seen["/other"][0] != seen["/one"][0]
    assert {country for _visitor, country in seen.values()} == {""}


@pytest.mark.fronts
@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_nginx_with_the_guides_file(nginx: tuple[Ask, int], behind: Running) -> None:
    ask, plain = nginx

    behaves(ask, behind)
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=10)
    connection.request("GET", "/about/?a=b", headers={"Host": NAME})
    answer = connection.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/about/?a=b")


@pytest.mark.fronts
@pytest.mark.skipif(not CADDY, reason="caddy is not installed")
def test_caddy_with_the_guides_file(caddy: Ask, behind: Running) -> None:
    behaves(caddy, behind)


def test_without_trusted_proxies_a_forwarded_address_is_ignored(begun: Path, tmp_path: Path) -> None:
    folder = copied(begun, tmp_path / "data")
    assert zoco(folder, "site", "add", "Shop", "--host", NAME).returncode == 0
    running = Running(folder)
    running.wait_ready()
    for path, headers in (("/one", {}), ("/forged", {"X-Forwarded-For": "8.8.8.8"})):
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
        body = json.dumps({"url": f"https://{NAME}{path}"})
        connection.request("POST", "/e", body, {"User-Agent": AGENT} | headers)
        assert connection.getresponse().status == 204

    seen = visitors(folder, 2)
    running.stop()

    assert seen["/forged"] == seen["/one"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_unit_is_one_that_systemd_understands(tmp_path: Path) -> None:
    unit = tmp_path / "zoco.service"
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", block("ini"), flags=re.MULTILINE)
    unit.write_text(text.replace("User=zoco", "User=root"))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    assert [line for line in done.stderr.splitlines() if "zoco.service" in line] == []
