"""Campaigns: the installed command as real processes, under a storm of messages and kills, seeded so that a bad day can be had again."""
