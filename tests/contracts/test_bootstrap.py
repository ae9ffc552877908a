"""The bootstrap: what is in the way is said in one sentence, and a second start costs nothing."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.contracts.tree import ROOT
from tools import bootstrap

NAME = bootstrap.WHEELS["x86_64"][0]


class Index(BaseHTTPRequestHandler):
    """A package index whose wheel of uv was altered on the way."""

    def do_GET(self) -> None:
        is_listing = self.path == "/simple/uv/"
        page = json.dumps({"files": [{"url": f"/files/{NAME}"}]}).encode() if is_listing else b"altered"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/simple"
    monkeypatch.setenv("UV_INDEX_URL", address)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    yield address
    server.shutdown()
    server.server_close()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TOOLS", "VENV", "STAMP"):
        monkeypatch.setattr(bootstrap, name, tmp_path / getattr(bootstrap, name).relative_to(ROOT))
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    (tmp_path / ".tools").mkdir()
    return tmp_path


def test_altered_uv_is_refused(root: Path, index: str) -> None:
    with pytest.raises(bootstrap.NotPossible, match=r"was altered on the way"):
        bootstrap._uv_fetch()

    assert list((root / ".tools").iterdir()) == []


def test_index_out_of_reach_is_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("UV_INDEX_URL", "http://127.0.0.1:9/simple")

    with pytest.raises(bootstrap.NotPossible, match=r"^The package index 127\.0\.0\.1 cannot be reached \("):
        bootstrap._uv_fetch()


def test_unknown_machine_is_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")

    with pytest.raises(bootstrap.NotPossible, match=r"^There is no uv for linux on riscv64 here"):
        bootstrap._uv_fetch()


def test_folder_that_cannot_be_written_is_one_sentence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "file").touch()
    monkeypatch.setattr(bootstrap, "TOOLS", root / "file" / ".tools")

    with pytest.raises(bootstrap.NotPossible, match=r"cannot be written \(Not a directory\)"):
        bootstrap.environment_ensure(with_tests=False)


def test_too_little_disk_is_one_sentence(root: Path) -> None:
    with pytest.raises(bootstrap.NotPossible, match=r"GB free and the packages need 1000000000 GB"):
        bootstrap._space(1_000_000_000)


def test_old_python_is_told_which_one_is_needed() -> None:
    old = "import sys; sys.version_info = (3, 9, 2); import tools.bootstrap as b; b.main()"

    done = subprocess.run([sys.executable, "-c", old], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("Zoco needs Python 3.11 or newer, this is ")
    assert done.stderr.count("\n") == 1


def test_nothing_is_done_while_lock_and_interpreter_are_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "uv.lock").touch()
    (root / "pyproject.toml").touch()
    (root / ".venv").mkdir()
    synced: list[bool] = []
    monkeypatch.setattr(bootstrap, "uv_ensure", lambda: "uv")
    monkeypatch.setattr(bootstrap, "_sync", lambda _uv, *, with_tests: synced.append(with_tests))

    started = time.monotonic()
    for with_tests in (False, False, True, False, True):
        bootstrap.environment_ensure(with_tests=with_tests)
    (root / "uv.lock").write_text("changed")
    bootstrap.environment_ensure(with_tests=False)

    assert synced == [False, True, False]
    assert time.monotonic() - started < 10
