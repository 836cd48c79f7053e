"""The edge to the world outside: one message to one address. What is sent to whom, and when again, is decided above."""
