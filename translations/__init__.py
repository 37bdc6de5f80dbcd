"""Languages: carrying words from one to another and saying honestly when that failed, and the words that must never wait for it.

Lives here: what a translator is (`base`); what a model never gets to change (`spans`, `shield`); a translator made of any engine
(`carrying`, `translator`) and how far to believe it (`quality`); which language words are in (`detect`, `romanised/`); the lists of danger,
repair and small talk per language (`danger/`).
Does not live here: what a danger word leads to (flows), where a translation is kept (cases, store).
May use: words. Used by: bot and the wiring.
"""
