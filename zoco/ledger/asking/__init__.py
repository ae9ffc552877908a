"""Asking a report: a question as it stands in an address, its answer, which sites may be asked about.

`statements` writes a question as one text for an engine; `imported` is what other programs counted.
"""
