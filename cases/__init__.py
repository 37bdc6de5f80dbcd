"""The concern."""
