"""What the host keeps in its second database."""
