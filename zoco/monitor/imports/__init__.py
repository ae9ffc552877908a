"""Other programs' exports become daily sums: one file an importer, found through the registry IMPORTERS."""
