"""Statistics on plain numbers, numpy and whatever else computes with + - * / and powers.

Each function names its method and source. Knows no Django, no Ibis and no ledger. `trials` is the
mathematics of experiments: figures, guards, plans, bandits.
"""
