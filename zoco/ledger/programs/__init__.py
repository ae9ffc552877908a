"""What programs are told of the API: its description, and how it refuses."""
