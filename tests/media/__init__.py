"""Files that strangers send: what they are, and what is left of them when they are clean."""
