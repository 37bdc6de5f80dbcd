"""Flows: what a worker reads on every channel, and that no word of theirs is lost."""
