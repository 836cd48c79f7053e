"""What a dashboard body must look like: a table of rules, read by `dashboard_body`.

A rule is a JSON object in the manner of JSON Schema, with its `type`, `properties`, `required`, `items`, `enum`,
`pattern` and bounds. Five keys are ours: `either` picks the rule by the JSON type, `variants` adds rules by the values
of members, `dependencies` names members that another one needs, `source` names members of which one must be there, and
`metric` marks a metric's entry, whose last element may be an object under that rule. Members without a rule are free: a
console may write more than is documented.

Source: CloudWatch API reference, Dashboard Body Structure and Syntax.
"""

from __future__ import annotations

from typing import Any

Rule = dict[str, Any]

STRING: Rule = {"type": "string"}
NUMBER: Rule = {"type": "number"}
BOOLEAN: Rule = {"type": "boolean"}
OBJECT: Rule = {"type": "object"}
PERIOD: Rule = {"type": "integer", "minimum": 1}
COLOR: Rule = {"type": "string", "pattern": "^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$"}
ARN: Rule = {"type": "string", "pattern": "^arn:"}
RANGE_END: Rule = {
    "type": "string",
    "pattern": r"^(-?P(\d+[YMWD])*(T(\d+[HMS])+)?|\d{4}-\d\d-\d\dT.+)$",
}


def choice(*values: str) -> Rule:
    return {"type": "string", "enum": list(values)}


def array(items: Rule, **bounds: int) -> Rule:
    return {"type": "array", "items": items, **bounds}


def record(*required: str, **properties: Rule) -> Rule:
    return {"type": "object", "required": list(required), "properties": properties}


def by(member: str, **rules: Rule) -> dict[str, Any]:
    """Further rules of an object, by what the member is."""
    return {"by": member, "rules": rules}


SIDE = choice("left", "right")
SCALAR: Rule = {"either": {"string": STRING, "number": NUMBER, "boolean": BOOLEAN}}
VIEW = choice("timeSeries", "singleValue", "gauge", "bar", "pie", "table")

METRIC: Rule = {
    "metric": record(
        id={"type": "string", "pattern": "^[a-z][a-zA-Z0-9_]*$"},
        label=STRING,
        expression=STRING,
        stat=STRING,
        period=PERIOD,
        color=COLOR,
        yAxis=SIDE,
        visible=BOOLEAN,
        region=STRING,
        accountId=STRING,
    )
}

HORIZONTAL = record(
    "value",
    value=NUMBER,
    label=STRING,
    color=COLOR,
    fill=choice("above", "below", "none"),
    visible=BOOLEAN,
    yAxis=SIDE,
)
HORIZONTAL_END = record("value", value=NUMBER, label=STRING)
VERTICAL = record(
    "value",
    value={"type": "string", "pattern": r"^\d{4}-\d\d-\d\d"},
    label=STRING,
    color=COLOR,
    fill=choice("before", "after", "none"),
    visible=BOOLEAN,
)


def line_or_band(line: Rule) -> Rule:
    return {"either": {"object": line, "array": array(record("value"), minItems=2, maxItems=2)}}


ANNOTATIONS = record(
    horizontal=array(line_or_band(HORIZONTAL)),
    vertical=array(line_or_band(VERTICAL)),
    alarms=array(ARN, maxItems=1),
)
AXIS = record(min=NUMBER, max=NUMBER, label=STRING, showUnits=BOOLEAN)

METRIC_WIDGET: Rule = {
    **record(
        region=STRING,
        metrics=array(METRIC, maxItems=500),
        annotations=ANNOTATIONS,
        title=STRING,
        view=VIEW,
        stacked=BOOLEAN,
        stat=STRING,
        period=PERIOD,
        yAxis=record(left=AXIS, right=AXIS),
        legend=record(position=choice("right", "bottom", "hidden")),
        liveData=BOOLEAN,
        sparkline=BOOLEAN,
        setPeriodToTimeRange=BOOLEAN,
        trend=BOOLEAN,
        singleValueFullPrecision=BOOLEAN,
        labels=record(visible=BOOLEAN),
        timezone=STRING,
        accountId=STRING,
        table=record(
            layout=choice("horizontal", "vertical"),
            stickySummary=BOOLEAN,
            showTimeSeriesData=BOOLEAN,
            summaryColumns=array(choice("MIN", "MAX", "SUM", "AVG")),
        ),
        start=RANGE_END,
        end=RANGE_END,
    ),
    "source": {
        "members": ["metrics", "annotations"],
        "message": "The metric widget should have specified a region and a data source or an alarm annotation",
    },
    "dependencies": {"metrics": ["region"]},
    "variants": [
        by("view", gauge={"required": ["yAxis"], "properties": {"yAxis": record("left", left=record("min", "max"))}})
    ],
}
TEXT_WIDGET = record("markdown", markdown=STRING, background=choice("transparent", "solid"))
LOG_WIDGET = record(
    "region",
    "query",
    region=STRING,
    query=STRING,
    queryLanguage=STRING,
    view=choice("table", "timeSeries", "bar", "pie"),
    stacked=BOOLEAN,
    title=STRING,
    accountId=STRING,
)
ALARM_WIDGET = record(
    "alarms",
    alarms=array(ARN, minItems=1, maxItems=100),
    sortBy=choice("default", "stateUpdatedTimestamp", "timestamp"),
    states=array(choice("ALARM", "INSUFFICIENT_DATA", "OK")),
    title=STRING,
)
EXPLORER_WIDGET = record(
    "metrics",
    "labels",
    metrics=array(
        record("metricName", "resourceType", "stat", metricName=STRING, resourceType=STRING, stat=STRING),
        minItems=1,
        maxItems=100,
    ),
    labels=array(record("key", key=STRING, value=STRING)),
    aggregateBy=record(key=STRING, func=choice("AVG", "MIN", "MAX", "STDDEV", "SUM")),
    splitBy=STRING,
    period=PERIOD,
    title=STRING,
    widgetOptions=OBJECT,
)
CUSTOM_WIDGET = record(
    "endpoint",
    endpoint=STRING,
    updateOn=record(refresh=BOOLEAN, resize=BOOLEAN, timeRange=BOOLEAN),
    params=OBJECT,
    title=STRING,
)
WIDGETS: dict[str, Rule] = {
    "metric": METRIC_WIDGET,
    "text": TEXT_WIDGET,
    "log": LOG_WIDGET,
    "alarm": ALARM_WIDGET,
    "explorer": EXPLORER_WIDGET,
    "custom": CUSTOM_WIDGET,
    "chart": OBJECT,
}
WIDGET: Rule = {
    **record(
        "type",
        "properties",
        type=choice(*WIDGETS),
        x={"type": "integer", "minimum": 0, "maximum": 23},
        y={"type": "integer", "minimum": 0},
        width={"type": "integer", "minimum": 1, "maximum": 24},
        height={"type": "integer", "minimum": 1, "maximum": 1000},
    ),
    "dependencies": {"x": ["y"], "y": ["x"]},
    "variants": [by("type", **{name: {"properties": {"properties": rule}} for name, rule in WIDGETS.items()})],
}

CHOSEN: Rule = {
    "source": {
        "members": ["values", "search"],
        "message": "The variable should have values, or a search and what it is populated from",
    }
}
VARIABLE: Rule = {
    **record(
        "type",
        "inputType",
        "id",
        type=choice("property", "pattern"),
        property=STRING,
        pattern=STRING,
        inputType=choice("input", "select", "radio"),
        id={"type": "string", "pattern": "^[0-9A-Za-z_-]{1,32}$"},
        label={"type": "string", "maxLength": 30},
        visible=BOOLEAN,
        defaultValue=SCALAR,
        values=array(record("value", value=SCALAR, label=STRING), minItems=1, maxItems=500),
        search={"type": "string", "maxLength": 2048},
        populateFrom=STRING,
    ),
    "variants": [
        by("type", property={"required": ["property"]}, pattern={"required": ["pattern"]}),
        by("inputType", select=CHOSEN, radio=CHOSEN),
    ],
    "dependencies": {"search": ["populateFrom"]},
}

BODY: Rule = {
    **record(
        "widgets",
        widgets=array(WIDGET, maxItems=500),
        variables=array(VARIABLE, maxItems=25),
        start=RANGE_END,
        end=RANGE_END,
        periodOverride=choice("auto", "inherit"),
    ),
    "dependencies": {"end": ["start"]},
}
