"""Funnels: how far people come through steps, of which each is a goal of the site."""
