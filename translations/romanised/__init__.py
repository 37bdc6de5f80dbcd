"""Words by which a language is known that is typed in Latin letters though it has its own, or without its accents; one file each.

No detector of languages knows these: all that were measured scored 0. The words are short and frequent, and other languages hardly have
them.
"""
