"""What people did while another program wrote to them: it becomes facts of the past, once.

`deeds` are what there is, registered by apps above; `cells` reads them off rows, `telling` writes facts.
"""
