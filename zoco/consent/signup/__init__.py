"""Forms to sign up: what they ask, their pages and code to embed, and what becomes of a filling."""
