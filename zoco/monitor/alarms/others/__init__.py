"""What alarms find otherwise than in counts of facts: exports, what campaigns cost, letters."""
