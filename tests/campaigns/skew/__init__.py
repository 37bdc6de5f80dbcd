"""A folder for Python's path: what lies here is imported before anything else."""
