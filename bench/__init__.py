"""Measures of bayon on this machine: `python -m bench`, or `make bench`. One module a measure, named after it."""
