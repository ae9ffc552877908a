"""Which kinds of customers there are: groups around medoids, mixtures, how stable they are, what marks them.

Everything works on `features.Features`, which say what was made of each column; all is deterministic by seed.
"""
