"""What every channel promises, and each of them by itself."""
