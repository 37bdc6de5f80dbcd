"""Languages: carrying words from one to another and saying honestly when that failed, and the words that must never wait for it.

Lives here: what a translator and an engine are (`base`); the engine on language packages (`engine`, over `packages`, `registry`, `queue`
and `argos`, the one file that imports the libraries), the index they are fetched from (`index`); a translator made of any engine
(`carrying`, `translator`, over `splitter`), what a model never gets to change (`spans`, `shield`) and how far to believe it (`quality`);
which language words are in (`detect`, `romanised/`) and messages of several (`mixed`); what a transcriber is (`transcribing`); what pages
and mails say (`texts`, `catalog/`)
and how a language writes dates and numbers (`locales`); the lists of danger, repair and small talk per language (`danger/`).
Does not live here: what a danger word leads to (flows), where a translation is kept (cases, store).
May use: words. Used by: api, bot and the wiring.
"""
