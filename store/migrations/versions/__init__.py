"""The migrations, oldest first; a package, so that they travel with an installation."""
