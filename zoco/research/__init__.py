"""Research: what kinds of people there are, what they buy, and what they are worth; it writes audiences.

`scores` are recency, frequency and money, worked out each time that they are asked for.
`affinity` tells what is bought together, and what next.
`personas` finds kinds of people, in the background.
`valuing` works out what people are worth, in the background.
`contracts` tells who stays under contract, from a table that somebody typed.
"""
