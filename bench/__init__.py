"""Measurements: how fast the spine is on the machine at hand, against the limit of the database and against a plain handler."""
