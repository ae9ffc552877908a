"""Who is who on the web: bots, search engines, networks, assistants. Plain data with its sources."""
