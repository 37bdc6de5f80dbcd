"""Tests of the conversation, through the whole service with phones that only remember."""
