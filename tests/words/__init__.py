"""What the words room promises about text in every script."""
