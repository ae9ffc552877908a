"""Files of people from other programs.

`files` reads what was uploaded and brings it under one head; `programs` knows who wrote it, `mapping` says
what a row means, `steps` tries it out and writes it, `running` does so in the background; `permission` is
where apps above take what the file says of it, `screens` are the pages. `uploaded`, `columns` and `paged`
are what imports of apps above do alike.
"""
