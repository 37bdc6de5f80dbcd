"""The web phone: a worker's side, for a demo and where the channel is switched on."""
