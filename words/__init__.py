"""Words: text in every script, as values and pure functions. It imports nothing of ours, so every room may use it.

| file | holds |
|---|---|
| `digits.py` | digits of any script, a site's code with its check digit, a case's code, and taking both out of a text |
| `references.py` | what a case's reference is made of |
| `fold.py` | the form in which two spellings of one word are equal, and typography that fits a cheap SMS |
| `segments.py` | what a text costs as SMS: encoding, segments, units |
| `graphemes.py` | letters as a person counts them, and cutting a long text between them |
| `limits.py` | what a channel can carry, as a value |
| `marked.py` | an English text that a page says in its reader's language |
| `carriers.py` | the words carriers keep for themselves, and what they let through in a country; both lie beside it as data |

To add a script's digits: one line in `digits.ZEROS`. To add a letter that people also type plainly: one line in `fold.PLAIN`.
"""
