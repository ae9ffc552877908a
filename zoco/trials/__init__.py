"""Trials: which arm of an experiment somebody gets, who stays outside, and what came of it.

`analysis` works out figures from the facts; `remote` tells pages and programs their arms; `flags` are
switches without a trial; `keeping` is whom bandits dealt; `asked` is what is asked in the background;
`screens` are the pages of the admin.
"""
