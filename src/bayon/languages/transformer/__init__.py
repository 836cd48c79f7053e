"""Log transformers: a list of processors that makes an object of an event's text, as CloudWatch Logs does.

`check.py` says whether a configuration will do, `transform.py` carries one out. Processors are functions of the event
and their arguments: parsers in `parsers.py`, `grok.py` and `vended.py`, the others in `mutators.py` and `dates.py`.
Source: logs.md §5.9, CloudWatch Logs user guide "Processors that you can use".
"""
