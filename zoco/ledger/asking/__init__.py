"""Asking a report: a question as it stands in an address, its statement, the answer, the files of it."""
