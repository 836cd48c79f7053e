"""The edge to the world outside: one message to one address, one object into one bucket. What goes where, and when
again, is decided above."""
