"""For each revision: the data that people had before it, what must be true of it after, and (`check_back`) once it was taken back.

One module a revision, named by it.
"""
