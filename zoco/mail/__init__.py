"""Mail: letters to people and what comes back.

`answers` reads what comes back: bounces, complaints, automatic answers, replies.
`inbox` fetches it from mailboxes, and does what follows.
`letters` makes what somebody wrote into what each person reads, ready to be sent.
`counting` counts who opens letters and follows their links, people and machines apart.
`journeys` moves people from step to step, `drawing` are its pages.
`editing` keeps letters, an edition for each language, and what they were before; its pages write them.
`sending` sends a letter to an audience, tries several on a part of it first, and says what came of it.
"""
