"""The store: every table, one writer, sealed bytes. It knows no channel, no flow and no case rule.

What is written here is written once and set-wise; what a person said or is, is sealed before it arrives (`sealing`), and the address of a
worker lies in `vault`, which only `bot/identity.py` may open.
"""
