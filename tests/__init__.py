"""The promises of the house, each told as a test."""
