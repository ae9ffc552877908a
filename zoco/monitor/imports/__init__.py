"""Other programs' exports become daily sums.

`adapters` has one file an importer, found through the registry IMPORTERS; `reading` is what they share of
formats.
"""
