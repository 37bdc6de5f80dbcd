"""What the cases refuse, and what each refusal means."""

from words.marked import marked


class CaseError(Exception):
    """Something the cases refuse; its text may be shown to an officer."""


class NotFound(CaseError):
    """No such case for this officer: absent and forbidden look the same from outside."""

    def __init__(self) -> None:
        super().__init__(marked("There is no such case."))


class Refused(CaseError):
    """The case is there, but this cannot be done with it; the text says why and what can."""


class Stale(CaseError):
    """The case changed since the officer saw it: look again before writing."""

    def __init__(self) -> None:
        super().__init__(marked("The case changed since you opened it. Look again before you write."))


class Unclear(CaseError):
    """A filter, cursor or date that cannot be read; the text says what can."""
