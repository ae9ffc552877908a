"""Costs: what campaigns were given against what was spent and what came of it.

`reading` reads a CSV, `services` keep entries, `reads` put spend beside the ledger's figures.
"""
