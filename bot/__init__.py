"""The conversation with workers, and whatever runs by itself.

Words come in by `inbox` (durable before the carrier is answered), are handled in order by `conversation`, acted upon by `effects`, and
answers leave by `outbox`. Where a carrier cannot post, `polling` asks it. `identity` is the only way from a pseudonym to an address.
`timers` keeps the promises that have a date.
"""
