"""Reports on a sheet: what a page shows, for mail and print; curves as pictures, and all of it as PDF.

`export` writes answers as files and as JSON.
"""
