"""Reports say nothing that engines understand differently, and nobody but `ask` runs them."""

import re

from tests.contracts.tree import ROOT, name

RAW = {
    "nunique()": "expr.uniques: it is approximate on ClickHouse",
    "approx_nunique(": "expr.uniques",
    "quantile(": "expr.quantile: it is approximate on ClickHouse",
    "median(": "expr.quantile(…, 0.5)",
    "execute(": "zoco.ledger.asking.ask",
    "to_pyarrow(": "zoco.ledger.asking.ask",
    "to_pandas(": "zoco.ledger.asking.ask",
    "date_trunc": "facts.bucket",
    "truncate(": "facts.bucket",
    "strftime(": "facts.bucket",
    "epoch_seconds(": "expr.micros",
    ".date()": "facts.local_day",
    "argmin(": "expr.first_by",
    "argmax(": "expr.last_by",
    ".first(": "expr.first_by",
    ".last(": "expr.last_by",
    "props[": "expr.prop_text, prop_number, prop_flag",
    "ibis.": "zoco.ledger.expr",
    "raw_sql": "zoco.ledger.expr",
}
EXEMPT = {"zoco/ledger/expr.py", "zoco/ledger/asking/statements/engines.py"}


def _sources() -> list[tuple[str, str]]:
    paths = [*ROOT.glob("zoco/*/reports/**/*.py"), *ROOT.glob("zoco/*/reports.py")]
    paths += [ROOT / "zoco/ledger/metrics.py", ROOT / "zoco/ledger/scope.py"]
    return [(name(path), path.read_text("utf-8")) for path in paths if name(path) not in EXEMPT]


def test_reports_use_the_vocabulary() -> None:
    found = [
        f"{where}: {raw} → {better}"
        for where, text in _sources()
        for raw, better in RAW.items()
        if re.search(rf"(?<!expr\.)(?<!\w){re.escape(raw)}" if raw[0] != "." else re.escape(raw), text)
    ]

    assert found == []
    assert len(_sources()) > 15


def test_a_raw_form_would_be_found() -> None:
    assert re.search(rf"(?<!expr\.)(?<!\w){re.escape('quantile(')}", "x.quantile(0.5)")
    assert not re.search(rf"(?<!expr\.)(?<!\w){re.escape('quantile(')}", "expr.quantile(x, 0.5)")
