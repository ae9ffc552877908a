"""Pictures of reports as files of their own: SVG with its styles, its title, and where it comes from."""
