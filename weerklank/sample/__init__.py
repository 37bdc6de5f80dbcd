"""The sample programme, and the cases that a demo begins with: every person, company and word in it is invented."""

from importlib.resources import files


def programme_text() -> str:
    """Give the sample programme file as it is shipped."""
    return files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8")
