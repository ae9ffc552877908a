"""What customers are worth: models of buying, of contracts and of spending, with what is not sure about them.

Fit with `fitting.fit(Model, rows)`. Times are in periods of the caller's choice (weeks, as a rule), counted
from a customer's first purchase; money is one currency, as floats. Everything random takes a seed.
"""
