"""People: who they are, how they are known, and what is known of them; each exists once.

`models` keep them, `called` writes their names, `identities` and `attributes` read what others say, `writing`
brings both together, `mains` says which of several addresses is used; `merging` lets one stand for another
and takes it back, `standing` says who does, `finding` searches, `erasing` forgets.
`audiences` are named sets of people, `gathering` are the pages on which they are built. `importing` reads
files of people, `giving` writes them and knows what somebody did, `doubles` are people who are likely one.
`editing` and `defining` are for what is done by hand, `panels` for what apps above add to a person's page,
`screens` are the pages.
"""
