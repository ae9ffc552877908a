"""Live: the last facts and refusals of a site as they happen, for whoever puts a tracker into pages.

reads: what came in last · mine: which visitors this browser is · said: lines in words · screens: the page ·
verdicts: how many of each verdict there are, and why · rules: what each rule means.
Nothing is kept for it: facts are asked of the ledger, where all web processes' are, and so are refusals.
"""
