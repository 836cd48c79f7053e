"""`python -m bayon` is the command `bayon`."""

from bayon.cli import main

main()
