"""What must hold for all code: sizes, imports, documentation, words, plugs, translations."""
