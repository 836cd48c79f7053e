"""The reference pages in `docs/reference`, written from the code that does the work and from its cases.

One module per page, each a function that answers the page's text. Nothing of bayon needs this package to run, and it
works in a checkout only, since it reads the cases of the tests.
"""
