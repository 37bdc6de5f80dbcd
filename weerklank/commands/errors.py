"""How a command says that it will not do something."""


class CommandError(Exception):
    """A command that was refused or failed; the message is one sentence that says what to do."""
