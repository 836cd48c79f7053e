"""The views of a metric widget: a file each, with a function `draw(picture, box)` that answers SVG elements."""
