"""What an alarm would have said of the simulated company: `waves` let in, and `looking` at the past.

Waves only add facts of bots and of pages that are not there: no visit and no order is other than without
them, and whatever builds a company of its own has none.
"""
