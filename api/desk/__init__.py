"""The officers' and admins' pages: drawn on the server, without a word or a file from anybody else."""
