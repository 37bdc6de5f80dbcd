"""How far a flow may go. No honest flow comes near; one that breaks a ceiling ends, and says so to the operator and to the worker.

A broken run loses no words: what was not kept yet joins the case, or opens it. The operator reads a sentence (`Ended.broke`), the worker
the notice `broken`. Only a flow with too many nodes never runs: it is not read.
"""

from typing import Final

NODES_MAX: Final = 2000
"""Nodes a flow."""
STEPS_MAX: Final = 100
"""Steps a sprint, from one question to the next."""
FRAMES_MAX: Final = 8
"""Flows inside one another."""
ASKED_MAX: Final = 20
"""Sprints a question: how often words that are no answer to it may bring it back."""
BYTES_MAX: Final = 8192
"""Bytes of a session as it is stored, before sealing."""

# What the house itself knows of a talk: all that is left of the fields when flows filled a session beyond its ceiling.
OF_THE_HOUSE: Final = frozenset(("case", "consent", "danger", "feedback", "hidden", "pin", "place", "quiet", "site", "speaks", "who"))
