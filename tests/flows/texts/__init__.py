"""Texts go out to translators and come in again."""
