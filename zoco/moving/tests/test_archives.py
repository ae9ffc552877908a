"""What was changed on its way is refused before anything is written."""

import gc
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zoco.moving.files import facts
from zoco.moving.tests.moved import exported, installation, taken
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


def rewritten(path: Path, target: Path, change: Any, *, packed: int = zipfile.ZIP_STORED) -> Path:
    """Write an archive anew with other contents; a change that returns None leaves a file out."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", packed) as out:
        for name in source.namelist():
            for new_name, content in change(name, source.read(name)):
                out.writestr(new_name, content)
    return target


def manifest_with(**values: object) -> Any:
    def change(name: str, content: bytes) -> Any:
        is_it = name == "manifest.json"
        yield name, json.dumps(json.loads(content) | values).encode() if is_it else content

    return change


def flipped(name: str, content: bytes) -> Any:
    yield (
        name,
        content[:-9] + bytes([content[-9] ^ 1]) + content[-8:] if name.startswith("facts") else content,
    )


def climbing(name: str, content: bytes) -> Any:
    yield name, content
    if name == "settings.json":
        yield "../../evil", b"x"


def other_types(name: str, content: bytes) -> Any:
    yield name, content


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (manifest_with(version=2), "A newer Zoco wrote this archive"),
        (manifest_with(schema=99), "A newer Zoco wrote this archive"),
        (manifest_with(format="other"), "of another program"),
        (manifest_with(facts=61), "counts do not add up"),
        (manifest_with(parts=[]), "list of parts"),
        (manifest_with(facts=1 << 63), "manifest.json"),
        (manifest_with(origin="x" * 40), "manifest.json"),
        (flipped, "checksum"),
        (climbing, "do not belong there"),
    ],
)
def test_what_was_changed_is_refused_before_anything_is_written(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)

    move = taken(rewritten(path, folder / "bad.zip", change))

    assert move.state == "failed"
    assert said in move.said
    assert Site.objects.count() == 0
    assert not list((folder / "two" / "spool").glob("*"))


def test_bombs_half_files_and_wrong_columns_are_refused(
    folder: Path, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(shop, folder / "shop.zip")
    installation(folder / "two", monkeypatch)
    plain = rewritten(path, folder / "packed.zip", other_types, packed=zipfile.ZIP_DEFLATED)
    half = folder / "half.zip"
    half.write_bytes(path.read_bytes()[:-400])
    month = folder / "month.parquet"
    with zipfile.ZipFile(path) as source:
        month.write_bytes(source.read("facts/2026-03.parquet"))
    table = pq.read_table(month)
    wrong = {
        "visitor": table.set_column(table.schema.get_field_index("visitor"), "visitor",
                                    pa.array(["x"] * table.num_rows)),
        "no verdict": table.set_column(
            table.schema.get_field_index("verdict"), pa.field("verdict", pa.string(), False),
            pa.array(["odd"] * table.num_rows)),
        "cannot be read": table.set_column(
            table.schema.get_field_index("props"), pa.field("props", pa.string(), False),
            pa.array(["{"] * table.num_rows)),
    }  # fmt: skip

    assert "is packed" in taken(plain).said
    assert "cut off" in taken(half).said
    for said, changed in wrong.items():
        pq.write_table(changed, month)
        assert said in taken(with_part(path, folder / "wrong.zip", month.read_bytes())).said
    assert Site.objects.count() == 0


def with_part(path: Path, target: Path, content: bytes, *, part: str = "facts/2026-03.parquet") -> Path:
    """Put another file in the place of a part, with its right hash: whoever writes one can do that."""
    from hashlib import sha256

    def change(name: str, old: bytes) -> Any:
        if name == "manifest.json":
            known = json.loads(old)
            for each in known["parts"]:
                if each["name"] == part:
                    each |= {"size": len(content), "sha256": sha256(content).hexdigest()}
            yield name, json.dumps(known).encode()
        else:
            yield name, content if name == part else old

    return rewritten(path, target, change)


def test_a_text_that_a_dictionary_holds_once_for_all_rows_is_measured_before_it_is_unfolded(
    tmp_path: Path,
) -> None:
    count, path = 20_000, tmp_path / "bomb.parquet"
    known = {
        "id": [str(UUID(int=number + 1)) for number in range(count)],
        "occurred_at": [1_700_000_000_000_000] * count,
        "origin": ["import"] * count, "verdict": ["human"] * count, "props": ["{}"] * count,
    }  # fmt: skip
    columns = [
        pa.array(known.get(field.name, ["" if pa.types.is_string(field.type) else 0] * count), field.type)
        for field in facts.arrow()
    ]
    at = facts.arrow().get_field_index("title")
    columns[at] = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array(["x" * 40_000]))
    fields = facts.arrow().set(at, pa.field("title", columns[at].type, False))
    table = pa.Table.from_arrays(columns, schema=fields)
    pq.write_table(table, path, compression="zstd", store_schema=False)
    before = pa.total_allocated_bytes()

    with pytest.raises(facts.FactsWrong, match="larger than they look"):
        facts.file_check(path, count)

    assert path.stat().st_size < 100_000
    gc.collect()  # what the error's frames held
    assert pa.total_allocated_bytes() - before < 1 << 20
