"""What an operator runs: the image, Compose, back-ups, and the pages that tell them."""
