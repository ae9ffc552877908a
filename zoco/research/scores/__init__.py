"""Recency, frequency and money: scores, the segments that they make, a page, and a rule of audiences."""
