"""What people do before and after a fact."""
