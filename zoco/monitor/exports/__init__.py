"""Raw facts leave as files, a day each, and come back under the hand of whoever erases a person."""
