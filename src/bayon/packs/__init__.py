"""Monitoring packs: alarms, dashboards, saved queries, retention and runbooks as data, and what applies them.

A pack is a folder with a `pack.yaml` whose members are those of the AWS operations that make them, so that the same
pack makes the same things at AWS. `${Name}` stands for a parameter, of which Account and Region are always there.
"""
