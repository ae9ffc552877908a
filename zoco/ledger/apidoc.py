"""What the OpenAPI document says about the API of reports: parameters, shapes and refusals."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

from zoco.ledger.asking.filters import FILTERABLE
from zoco.ledger.asking.question import PAGE_MOST, SIZE, SIZE_MOST
from zoco.ledger.pictures.sheets.export import FORMATS

Value = int | float | str | None


class Error(Schema):
    """Why something was refused: a code for programs, a sentence for people."""

    code: str
    message: str


class Refusal(Schema):
    """Every refusal has this shape."""

    error: Error


class Site(Schema):
    """A site; `counting` is the origin whose page views count."""

    slug: str
    name: str
    zone: str
    currency: str
    counting: str
    is_demo: bool


class Sites(Schema):
    """All sites."""

    sites: list[Site]


class Dimension(Schema):
    """A column that rows are told apart by; `filter` names the filter for a value of it."""

    name: str
    label: str
    kind: str
    filter: str


class Measure(Schema):
    """A column of figures; a percent is a share from 0 to 1."""

    name: str
    label: str
    unit: str
    adds_up: bool


class Parameter(Schema):
    """What may be set; `choices` is empty where any value goes."""

    name: str
    label: str
    default: int | str
    choices: list[str]


class Report(Schema):
    """One report."""

    key: str
    area: str
    label: str
    question: str
    definition: str
    method: str
    picture: Literal["curve", "bars", "steps", "grid", "flow", ""]
    dimensions: list[Dimension]
    measures: list[Measure]
    parameters: list[Parameter]


class Reports(Schema):
    """All reports."""

    reports: list[Report]


class Period(Schema):
    """Local days, both included, ISO 8601. `until` is the moment at which a comparison ends earlier."""

    first: str
    last: str
    until: str | None = None


class Filter(Schema):
    """One condition."""

    column: str
    operator: Literal["is", "is_not", "contains", "contains_not", "starts", "starts_not"]
    values: list[str]


class Row(Schema):
    """One row and what it was in the period before."""

    key: dict[str, int | str]
    values: dict[str, Value]
    before: dict[str, Value] | None
    before_key: dict[str, int | str] | None
    is_unfinished: bool
    is_cut: bool
    is_imported: bool


class Imported(Schema):
    """Days of the answer that came from other programs' exports."""

    origins: list[str]
    first: str
    last: str
    days: int


class ImportedRow(Schema):
    """What imports say of a value on those days; null where they do not state it. In no total."""

    label: str
    page_views: int | None
    sessions: int | None
    events: int | None


class Facts(Schema):
    """Which facts an answer rests on."""

    used: int
    left_out: dict[str, int]
    newest_at: str | None


class Answer(Schema):
    """One page of a report's answer."""

    report: Report
    site: Site
    period: Period
    period_before: Period | None
    verdicts: list[str]
    filters: list[Filter]
    params: dict[str, int | str]
    rows: list[Row]
    total_rows: int
    page: int
    size: int
    pages: int
    totals: dict[str, Value]
    totals_before: dict[str, Value] | None
    overall: dict[str, Value]
    overall_before: dict[str, Value] | None
    largest: dict[str, Value]
    imported: Imported | None
    imported_rows: list[ImportedRow]
    imported_total: int
    facts: Facts
    query: str
    seconds: float


class Now(Schema):
    """How many people had a fact of any kind in the last minutes before `at`."""

    site: Site
    people: int
    minutes: int
    at: str


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": False, "schema": schema, "description": description}


def _parameters() -> list[dict[str, Any]]:
    text = {"type": "string"}
    fixed = [
        _parameter("site", text, "Slug of the site; the default one without it."),
        _parameter(
            "period",
            text,
            "2015-05-17..2015-05-20 (local days, both included), a day, today, yesterday, 30d.",
        ),
        _parameter(
            "compare", {"type": "string", "enum": ["before", "year", "none"]}, "Which period beside it."
        ),
        _parameter("verdicts", text, "people (default), bots, all, or verdicts parted by commas."),
        _parameter("order", text, 'A column, with "-" before it for descending.'),
        _parameter("page", _whole(1, PAGE_MOST), "From 1."),
        _parameter("size", _whole(SIZE, SIZE_MOST), "Rows of a page."),
        _parameter("format", {"type": "string", "enum": list(FORMATS)}, "CSV and Parquet hold all rows."),
        _parameter("grain", {"type": "string", "enum": ["hour", "day", "week", "month"]}, "Step of a curve."),
    ]
    return fixed + _filters()


def _filters() -> list[dict[str, Any]]:
    text = {"type": "string"}
    signs = "Several values are alternatives. Also f.{0}! (is not), ~ (contains), !~, ^ (starts with), !^."
    several = {"type": "array", "items": text}
    return [
        _parameter(f"f.{name}", several, f"Filter by {name}. {signs.format(name)}") for name in FILTERABLE
    ]


def _whole(default: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most, "default": default}


# 429 comes from whoever mounts the router, with the seconds to wait in Retry-After.
REFUSALS: dict[int, Any] = {401: Refusal, 403: Refusal, 429: Refusal}
FILES = {
    FORMATS["csv"].partition(";")[0]: {"schema": {"type": "string"}},
    FORMATS["parquet"]: {"schema": {"type": "string", "format": "binary"}},
}
SITES: dict[str, Any] = {"response": {200: Sites, **REFUSALS}, "operation_id": "sites"}
REPORTS: dict[str, Any] = {"response": {200: Reports, **REFUSALS}, "operation_id": "reports"}
REPORT: dict[str, Any] = {
    "response": {200: Answer, **REFUSALS, 404: Refusal, 422: Refusal, 503: Refusal},
    "operation_id": "report",
    "openapi_extra": {"parameters": _parameters(), "responses": {200: {"content": FILES}}},
}
NOW: dict[str, Any] = {
    "response": {200: Now, **REFUSALS, 404: Refusal, 422: Refusal, 503: Refusal},
    "operation_id": "now",
    "openapi_extra": {
        "parameters": [_parameter("site", {"type": "string"}, "Slug of the site."), *_filters()]
    },
}
