"""The concern: what a worker said becomes a case that lies on one desk, has a date, and is answered.

Lives here: the programme file (`programme*`), what a concern can be about and how grave it is (`taxonomy`, `severity`), whose desk it
lies on (`routing`), what a worker does to it (`intake`, pure values), the sealed and chained `timeline`, promises with a date (`clocks`),
the table of moves (`lifecycle`), the one door to a case (`access`), what an officer does (`desk*`), and every sentence a desk shows
(`wording`, `ready`).
Does not live here: an address, a channel, a flow, a translator, a web page. What a worker is told is the bot's.
May use: store, words. Used by: bot, api and the command.
"""
