"""What alarms find otherwise than in counts of facts: exports that fail, and what campaigns cost."""
