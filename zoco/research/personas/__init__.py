"""Personas: kinds of people by what they bought, how stable each is, and what sets it apart."""
