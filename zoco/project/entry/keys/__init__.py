"""Keys of the API: made by owners, for programs; and how many requests a minute anybody may make."""
