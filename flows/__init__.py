"""Flows as data: what the bot says and asks, and the pure engine that runs it.

Lives here: the format (`model`, `nodes/`, `wording`, `template`), the engine (`engine`, `talk`), how an answer finds its option (`match`),
how a node looks on a channel (`render`), readable tests (`transcript`), and the flows we ship (`library/`).
Does not live here: a clock, chance, a database, a channel, a translator. What the engine finds out it returns as facts (`events`).
May use: words. Used by: bot, api and the command.
"""
