"""Make .venv from uv.lock with nothing but the Python that runs this; no pip, venv or curl needed.

Standard library only, and no syntax that an older Python cannot read before it is told so.
Does nothing, quickly, while uv.lock, pyproject.toml and the interpreter are as they were.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
STAMP = VENV / "zoco-stamp"
PYPI = "https://pypi.org/simple"
OLDEST_PYTHON = (3, 11)
# An older uv cannot read the lock.
OLDEST_UV = (0, 10)
UV = "0.13.9"
WHEELS = {
    "x86_64": (
        "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "aarch64": (
        "uv-0.13.9-py3-none-manylinux_2_28_aarch64.whl",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
}


class NotPossible(Exception):
    """The environment cannot be made; the message says why and what to do."""


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = ".".join(map(str, OLDEST_PYTHON)), platform.python_version()
        sys.exit(
            f"Zoco needs Python {wanted} or newer, this is {found}; name another: make PYTHON=python3.12"
        )
    try:
        environment_ensure(with_tests="--tests" in sys.argv[1:])
    except NotPossible as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def environment_ensure(*, with_tests: bool) -> None:
    """Bring .venv and the compiled translations up to date. Raises NotPossible."""
    _writable()
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = _fingerprint()
        stamp = _stamp()
        if stamp.get("key") != wanted or (with_tests and not stamp.get("tests")):
            _space(4 if with_tests else 2)
            if STAMP.exists():
                STAMP.unlink()
            _sync(uv_ensure(), with_tests=with_tests)
            STAMP.write_text(json.dumps({"key": wanted, "tests": with_tests}))
        _translations_compile()


def _writable() -> None:
    try:
        TOOLS.mkdir(exist_ok=True)
        (TOOLS / "lock").touch()
    except OSError as error:
        raise NotPossible(
            f"The folder {ROOT} cannot be written ({error.strerror}); give yourself write access "
            "or clone Zoco elsewhere."
        ) from None


def _space(gigabytes: int) -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        raise NotPossible(
            f"The disk of {ROOT} has {free:.1f} GB free and the packages need {gigabytes} GB; "
            "make room and try again."
        )


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    digest.update(f"{_interpreter()} {sys.version} {ROOT}".encode())
    return digest.hexdigest()


def _interpreter() -> str:
    # uv would follow a shim by its name and find another version than the one that runs this.
    return os.path.realpath(sys.executable)


def _stamp() -> dict[str, object]:
    try:
        stamp: dict[str, object] = json.loads(STAMP.read_text())
        return stamp
    except (OSError, ValueError):
        return {}


def uv_ensure() -> str:
    """Return a uv that can read the lock: the one on PATH, the one in .tools, or a fresh one."""
    for candidate in (shutil.which("uv"), str(TOOLS / "uv")):
        if candidate and _uv_version(candidate) >= OLDEST_UV:
            return candidate
    return _uv_fetch()


def _uv_version(program: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return (0,)
    found = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _uv_fetch() -> str:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if sys.platform != "linux" or machine not in WHEELS:
        raise NotPossible(
            f"There is no uv for {sys.platform} on {machine} here; install uv {UV} and try again."
        )
    name, sha256 = WHEELS[machine]
    _say(f"Fetching uv {UV} …")
    wheel = _get(_wheel_address(name))
    if hashlib.sha256(wheel).hexdigest() != sha256:
        raise NotPossible(
            f"{name} was altered on the way: its sha256 is not the one that is expected; try again."
        )
    program, fresh = TOOLS / "uv", TOOLS / "uv.new"
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        fresh.write_bytes(archive.read(f"uv-{UV}.data/scripts/uv"))
    fresh.chmod(0o755)
    fresh.replace(program)
    return str(program)


def _wheel_address(name: str) -> str:
    base = (_mirror() or PYPI).rstrip("/") + "/uv/"
    page = _get(base, accept="application/vnd.pypi.simple.v1+json, text/html;q=0.5")
    try:
        links: list[str] = [entry["url"] for entry in json.loads(page)["files"]]
    except ValueError:
        links = re.findall(r'href="([^"#]+)', page.decode())
    for link in links:
        if urllib.parse.unquote(link.rpartition("/")[2]) == name:
            return str(urllib.parse.urljoin(base, link))
    raise NotPossible(f"The package index has no {name}; install uv by hand and try again.")


def _mirror() -> str:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if os.environ.get(name):
            return os.environ[name]
    return ""


def _get(address: str, accept: str = "*/*") -> bytes:
    host = urllib.parse.urlsplit(address).hostname
    if not address.startswith(("https://", "http://")):
        raise NotPossible(f"The package index {address} is no web address; unset UV_INDEX_URL.")
    request = urllib.request.Request(address, headers={"Accept": accept})  # noqa: S310
    context = ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or None)
    reason: object = None
    for _attempt in range(3):
        try:
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except OSError as error:
            reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise NotPossible(
                f"The certificate of {host} cannot be verified; install ca-certificates or set SSL_CERT_FILE."
            )
    raise NotPossible(
        f"The package index {host} cannot be reached ({reason}); check the network and try again."
    )


def _sync(uv: str, *, with_tests: bool) -> None:
    _say("Installing the packages of uv.lock; the first time it takes a minute or two …")
    common = ["--python", _interpreter(), "--no-python-downloads"]
    if not sys.stderr.isatty():
        common.append("--quiet")
    # Without the tests' packages nothing is taken away, so that run and test may alternate.
    groups = ["--all-groups"] if with_tests else ["--no-dev", "--inexact"]
    if _mirror():
        _sync_from_mirror(uv, common, groups[:1])
        return
    _uv(uv, "sync", "--frozen", *groups, *common)


def _sync_from_mirror(uv: str, common: list[str], groups: list[str]) -> None:
    # `uv sync --frozen` takes the addresses in the lock, past any mirror; names and hashes stay the same.
    listed = TOOLS / "requirements.txt"
    _uv(
        uv,
        "export",
        "--frozen",
        "--no-emit-project",
        *groups,
        *common,
        "--output-file",
        str(listed),
        "--quiet",
    )
    _uv(uv, "venv", "--allow-existing", *common, str(VENV))
    index = ["--default-index", _mirror(), "--python", str(VENV / "bin" / "python")]
    _uv(uv, "pip", "install", "--require-hashes", *index, "-r", str(listed), *common[3:])
    _uv(uv, "pip", "install", "--no-deps", *index, "-e", str(ROOT), *common[3:])


def _uv(uv: str, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in _STRAY}
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment["UV_COMPILE_BYTECODE"] = "1"  # else the first start compiles, in each process
    # uv would trust its own list of authorities, which knows none of the machine's.
    trusted = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    if Path(trusted).exists():
        environment.setdefault("SSL_CERT_FILE", trusted)
    # Path.expanduser() raises where there is no home at all.
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111
        environment["UV_CACHE_DIR"] = str(TOOLS / "cache")
    done = subprocess.run([uv, *arguments], cwd=ROOT, env=environment, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise NotPossible(
            "uv could not install the packages (its reason is above); check the network and try again."
        )


# Variables that would make uv install somewhere else.
_STRAY = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME"}


def _translations_compile() -> None:
    for catalogue in (ROOT / "zoco").glob("*/locale/*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            break
    else:
        return
    python = str(VENV / "bin" / "python")
    done = subprocess.run(
        [python, "-m", "tools.messages", "compile"], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
    )
    if done.returncode:
        raise NotPossible("The translations could not be compiled (the reason is above); run make check.")


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
