"""The commands, one file a group; each adds itself to the parser and names the function that runs it."""
