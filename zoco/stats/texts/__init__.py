"""Short texts in English, Spanish, Russian and Chinese: their terms, and topics that group them.

`terms` parts texts, `stopwords` are words that tell nothing, `topics` finds groups.
"""
