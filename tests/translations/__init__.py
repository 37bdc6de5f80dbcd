"""Languages: what is heard in them, and what is admitted about them."""
