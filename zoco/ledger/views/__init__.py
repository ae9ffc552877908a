"""The pages of the ledger: plain Django views, at home without Wagtail; desk wraps them in its admin.

`shell` is what all have in common (who may, which frame, what is said when something is wrong);
`report`, `facts`, `overview`, `index`, `export` are the pages; the others prepare what the templates show.
"""
