"""Each hazard of the library, told twice: its own path shows it, ours does not."""
