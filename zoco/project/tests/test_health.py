"""What `zoco check` finds, and the data folder."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from zoco.kit.commands import Exit
from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.project import cli, env, folder
from zoco.project.health import checks as health
from zoco.sites import reads, services


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    reads.forget()
    yield folder.prepare()
    reads.forget()


def _levels(check: str) -> list[tuple[str, str]]:
    found = next(each for each in health.CHECKS if each.__name__ == check)
    return [(finding.level, finding.message) for finding in found()]


def test_keys_that_others_can_read_are_an_error(data: Path) -> None:
    assert _levels("data_folder") == [("ok", f"{data} can be written.")]

    (data / "keys" / "secret_key").chmod(0o644)

    assert _levels("data_folder") == [("error", f"{data}/keys/secret_key can be read by others.")]


def test_data_folder_is_its_users_alone(data: Path) -> None:
    (data / "zoco.sqlite3").touch()
    (data / "media" / "documents").mkdir()

    assert [path for path in [data, *data.rglob("*")] if path.stat().st_mode & 0o077] == []

    data.chmod(0o755)

    assert _levels("data_folder") == [("warning", f"{data} can be read by others.")]


def test_lines_set_aside_are_a_warning(data: Path) -> None:
    aside = data / "spool" / "aside"
    aside.mkdir()
    (aside / "one.ndjson").write_text("{}\n")
    (aside / "one.ndjson.json").write_text("{}")

    assert _levels("spool") == [("warning", f"1 file with refused lines was set aside in {aside}.")]


def test_broken_file_of_places_is_a_warning(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZOCO_PLACES", raising=False)
    assert _levels("places") == []
    path = data / "city.mmdb"
    path.write_text("no places")

    monkeypatch.setenv("ZOCO_PLACES", str(path))

    [(level, message)] = _levels("places")
    assert level == "warning"
    assert message.startswith(f"The file of places cannot be read: {path} cannot be read as a file of places")


def test_clock_behind_what_was_written_is_an_error(data: Path) -> None:
    assert _levels("clock")[0][0] == "ok"

    ahead = data.stat().st_mtime + 7200
    (data / "later").touch()
    os.utime(data / "later", (ahead, ahead))

    assert _levels("clock")[0][0] == "error"


def test_setting_that_cannot_be_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _levels("settings")[0][0] == "ok"

    monkeypatch.setenv("ZOCO_TRUSTED_PROXIES", "127.0.0.1/32 ten.example")
    monkeypatch.setenv("ZOCO_WEB_THREADS", "many")

    found = _levels("settings")
    assert [level for level, _ in found] == ["error", "error"]
    assert {message.partition(" ")[0] for _, message in found} == {"ZOCO_TRUSTED_PROXIES", "ZOCO_WEB_THREADS"}


@pytest.mark.django_db
def test_sites_are_missing_then_fresh(data: Path) -> None:
    assert _levels("sites") == [("warning", "There is no site yet.")]

    services.site_create(name="Shop")
    services.sites_publish()

    assert _levels("sites") == [("ok", "1 site, published 0 minutes ago.")]


@pytest.mark.django_db
def test_check_that_cannot_look_is_an_error(data: Path) -> None:
    services.site_create(name="Shop")

    found = [finding for finding in health.findings() if finding.check == "sites"]

    assert [finding.level for finding in found] == ["error"]
    assert "zoco up" in found[0].message


@pytest.mark.django_db
def test_findings_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.run(["check", "--format", "json"])
    opening.close()

    found = json.loads(capsys.readouterr().out)
    assert code == Exit.PARTLY
    assert {tuple(finding) for finding in found} == {("check", "level", "message", "mend")}
    assert [finding["check"] for finding in found if finding["level"] == "warning"] == ["sites", "worker"]


def test_short_disk_is_a_sentence_and_a_full_one_refuses(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.disk_warning(data) == ""

    monkeypatch.setattr(folder, "WARN_BYTES", 1 << 62)
    assert folder.disk_warning(data).endswith(f"MB are free on the disk of {data}; make room soon.")

    monkeypatch.setattr(folder, "REFUSE_BYTES", 1 << 62)
    with pytest.raises(folder.FolderUnusable, match="Make room and start again"):
        folder.disk_warning(data)


def test_secret_key_is_made_once(data: Path) -> None:
    key = env.secret_key()

    folder.prepare()

    assert len(key) >= 50
    assert env.secret_key() == key


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://ann:p%40ss@db.example:5433/zoco?sslmode=require",
            ("zoco", "ann", "p@ss", "db.example", "5433"),
        ),
        ("postgresql:///zoco?host=/run/postgresql", ("zoco", "", "", "/run/postgresql", "")),
    ],
)
def test_database_url(monkeypatch: pytest.MonkeyPatch, url: str, expected: tuple[str, ...]) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    read = env.database()

    assert tuple(read[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected
    assert read["CONN_MAX_AGE"] is None


def test_database_of_another_kind_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x/y")

    with pytest.raises(env.AddressUnreadable, match=r"mysql://; Zoco runs on sqlite:// and postgres://\."):
        env.database()


def test_https_address_makes_cookies_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env.https() == {}

    monkeypatch.setenv("ZOCO_ADDRESS", "https://zoco.example.org")

    assert env.https()["SESSION_COOKIE_SECURE"] is True
    assert env.allowed_hosts()[0] == "zoco.example.org"


@pytest.mark.parametrize(
    ("taken", "local", "levels"),
    [(99, 99, []), (100, 89, ["ok"]), (100, 90, ["warning"]), (5_000, 5_000, ["warning"])],
)
def test_facts_that_all_come_from_a_local_network_are_a_warning(
    data: Path, taken: int, local: int, levels: list[str]
) -> None:
    now = time.time_ns() // 1_000
    told = {"site": 1, "name": "collector.facts.taken", "origin": "server", "verdict": "server"}
    facts = [
        Fact(id=uuid7(), occurred_at=now - age, quantity=quantity, props={"local": near}, **told)  # type: ignore[arg-type]
        for age, quantity, near in ((0, taken - 50, local - 50), (1, 50, 50), (90_000_000_000, 900, 0))
    ]
    with closing(SpoolWriter(data / "spool", "test")) as writer:
        writer.append(facts)
    opening.store().drain()

    assert [level for level, _ in _levels("addresses")] == levels
    opening.close()
