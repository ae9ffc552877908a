"""Giving out what is held: `sheets` are files of many people, `workbooks` how those for spreadsheets are
written, `person` is all that is held of one.
"""
