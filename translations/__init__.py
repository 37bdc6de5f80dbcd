"""Languages: carrying words from one to another and saying honestly when that failed, and the words that must never wait for it.

Lives here: what pages and mails say (`texts`, `catalog/`) and how a language writes dates and numbers (`locales`); what a translator is
(`base`), and the lists of danger, repair and small talk per language (`danger/`).
Does not live here: what a danger word leads to (flows), where a translation is kept (cases, store).
May use: words. Used by: api, bot and the wiring.
"""
