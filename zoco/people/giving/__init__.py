"""Giving out what is held: `sheets` are files of many people, `workbooks` how those for spreadsheets are
written, `timeline` is what somebody did, `person` all that is held of one.
"""
