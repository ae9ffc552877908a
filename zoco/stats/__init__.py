"""Statistics on plain numbers, numpy and whatever else computes with + - * / and powers.

Each function names its method and source. Knows no Django, no Ibis and no ledger.

attribution: which channels conversions are owed to.
incrementality: effects where nobody drew lots, by differences and synthetic controls.
kinds: which kinds of customers there are, how stable they are and what sets them apart.
mix: media mix models, which say what channels brought from spending and outcomes by week or day.
texts: terms and topics of short texts.
trials: the mathematics of experiments: figures, guards, plans, bandits.
value: what customers are worth, from models of buying, of contracts and of spending.
"""
