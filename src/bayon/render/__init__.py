"""Pictures of metric widgets as SVG: a `Picture` in, text out. Pure: no data is fetched, no clock read, nothing kept.

A view is a file in `widgets`; what they share is `scales`, `axes`, `legend`, `theme` and `svg`.
"""
