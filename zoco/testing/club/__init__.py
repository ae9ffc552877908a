"""The simulated company's customers, and the letters that they got: rows and facts of people, not of visits.

`members` are known visitors of the shop who signed up, with names and addresses that lead nowhere; `letters`
are written and go through the door as all letters do, up to where a mail server would be asked; `answers`
are what members did with them; `loading` lets it all happen in the order of time, and takes it away again.
Not guaranteed: that members buy because of letters. They do not; what reports credit letters with would
have been bought without them.
"""
