"""The reasons that behaviour gives for a verdict, as they stand in the ledger."""

TOO_FAST = "more than a page a second"
CLUSTER = "cluster of one-page visits"
UNATTENDED = "pages that nobody looked at"
NO_ASSETS = "pages without their files"

VERDICTS: dict[str, str] = {
    TOO_FAST: "bot",
    CLUSTER: "bot",
    UNATTENDED: "headless",
    NO_ASSETS: "bot",
}
REASONS = tuple(VERDICTS)
