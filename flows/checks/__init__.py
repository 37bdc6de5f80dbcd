"""The linter's checks: one function a check, gathered by what they look at. `flows/check.py` runs them all.

To add a check: a function with `@check(...)` in the file it belongs to, and a file in tests/flows/checks of a flow that breaks only it.
"""
