"""Stories: the whole house, from a carrier's request to a carrier's request, and nothing that must not be seen on the way."""
