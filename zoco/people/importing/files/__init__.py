"""What was uploaded, as rows.

`packs` finds its tables, `tables` reads CSV, `reading` brings all of them under one head.
"""
