"""Demand: whether spending follows visits that nobody paid for, and what a model says that knows them."""
