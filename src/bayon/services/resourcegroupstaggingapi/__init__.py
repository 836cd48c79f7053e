"""Resource Groups Tagging: the tags of every resource, whichever service it belongs to."""
