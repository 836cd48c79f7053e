"""Contributor Insights rules: the definition's text, read and compiled to SQL. Pure."""
