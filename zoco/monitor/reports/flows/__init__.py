"""Flows: what people do before and after a fact, step by step."""
