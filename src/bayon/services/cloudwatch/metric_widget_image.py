"""GetMetricWidgetImage: a metric widget as a picture."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from bayon.errors import AwsError, Unimplemented
from bayon.render.draw import FONT, svg
from bayon.services.cloudwatch import widget_body, widget_picture
from bayon.services.cloudwatch.metric_series import Reader
from bayon.services.operation import Context, operation

if TYPE_CHECKING:
    from bayon.shapes.cloudwatch import GetMetricWidgetImageInput, GetMetricWidgetImageOutput

_FORMATS = ("png", "svg")  # the second one is ours


@operation(lacks="the picture alone as the answer's body, OutputFormat image/png")
def get_metric_widget_image(ctx: Context, request: GetMetricWidgetImageInput) -> GetMetricWidgetImageOutput:
    """Draw the widget with its data as it is now: a PNG, or with the format `svg`, which AWS has not, the SVG of it.

    Raises: ValidationException.   Reads: metric data, metrics, alarms.
    Source: CloudWatch API reference, GetMetricWidgetImage.
    """
    form = request.get("OutputFormat", "png")
    if form == "image/png":
        raise Unimplemented("GetMetricWidgetImage with OutputFormat image/png")
    if form not in _FORMATS:
        raise AwsError("ValidationException", f"The parameter OutputFormat must be png, image/png or svg, not {form}.")
    reader = Reader(store=ctx.store, state=ctx.state, account=ctx.account, region=ctx.region)
    body = widget_body.parse(request["MetricWidget"], ctx.region, ctx.now_ms)
    drawn = svg(widget_picture.picture(reader, body, ctx.now_ms))
    return {"MetricWidgetImage": drawn.encode() if form == "svg" else _png(drawn)}


def _png(drawn: str) -> bytes:
    """The picture in the one font that comes with bayon, whatever the machine has."""
    import resvg_py

    found = resvg_py.svg_to_bytes(
        svg_string=drawn, skip_system_fonts=True, font_files=[_font()], font_family=FONT, sans_serif_family=FONT
    )
    return bytes(found)


@lru_cache(maxsize=1)
def _font() -> str:
    return str(files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf")
