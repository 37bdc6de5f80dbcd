"""HTTP: carriers come in at the webhooks, officers and admins work at the desk and the REST API, a demo's workers hold a web phone.

Knows `cases` (what may be done), `store` (one writer, short reads) and `channels.base` (what a carrier's request is). It never asks who a
worker is: nothing in this room can reach an address, and nothing in it logs a request of a carrier.
"""
