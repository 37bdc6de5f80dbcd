"""For each revision: the data that people had before it, and what must be true of it after. One module a revision, named by it."""
