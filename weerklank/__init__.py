"""The front door: the command, the settings, and the wiring, where everything is built once."""
