"""Pages on which letters are written: lists, the editor of blocks, previews, checks, tests.

`nodes` are blocks as a form holds them, so that every change works without a script; `opening` says who may.
"""
