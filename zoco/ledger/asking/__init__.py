"""Asking a report: a question as it stands in an address, its answer, the files of it.

`statements` writes a question as one text for an engine; `imported` is what other programs counted.
"""
