"""Stories of the whole house: the sample, the demo, the commands."""
