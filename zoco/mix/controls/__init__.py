"""Controls: what besides money may move outcomes, as the owner writes it down, or as facts tell it."""
