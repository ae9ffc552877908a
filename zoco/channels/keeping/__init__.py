"""How long messages are kept whose end is known: `conf` says it, `retaining` forgets them."""
