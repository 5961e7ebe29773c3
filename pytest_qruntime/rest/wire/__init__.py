"""The documents on the wire: what clients send and what the service answers."""
