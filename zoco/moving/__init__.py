"""Moving: a site begins anew, or goes to another installation with its facts and settings.

`files` writes and reads the archive in which it goes.
"""
