"""Log files: `reading` opens them and cuts them into lines, `unpacking` reads packed ones."""
