"""awscli v1 as it comes from PyPI, pointed at bayon by AWS_ENDPOINT_URL and nothing else.

What the answers mean in detail is the business of cases/api; here each command family goes through the real program. It
takes half a second to start, so each test tells a story with few commands.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bayon.testing import Bayon

NOW = "2026-03-02T10:00:00Z"
NOW_MS = 1_772_445_600_000
SPAN = ("--start-time", "2026-03-02T09:00:00Z", "--end-time", "2026-03-02T11:00:00Z")
# The commands that the guide prints and bayon serves today, as they stand there but for its placeholders, and for
# --from and --to, which it calls --from-time and --to-time: the program itself refuses those before it sends anything.
GUIDE = r"""
set -ex
aws cloudwatch put-dashboard \
  --dashboard-name BayonCoAgent-Custom \
  --dashboard-body file://dashboard-config.json

aws cloudwatch put-metric-alarm \
  --alarm-name BayonCoAgent-HighCosts \
  --alarm-description "Alert when daily costs exceed $50" \
  --metric-name EstimatedCharges \
  --namespace AWS/Billing \
  --statistic Maximum \
  --period 86400 \
  --threshold 50 \
  --comparison-operator GreaterThanThreshold \
  --evaluation-periods 1 \
  --alarm-actions arn:aws:sns:us-west-2:ACCOUNT_ID:bayon-coagent-production-alarms

aws sns subscribe \
  --topic-arn arn:aws:sns:us-west-2:ACCOUNT_ID:bayon-coagent-production-alarms \
  --protocol email \
  --notification-endpoint your-email@example.com

aws sns subscribe \
  --topic-arn arn:aws:sns:us-west-2:ACCOUNT_ID:bayon-coagent-production-alarms \
  --protocol sms \
  --notification-endpoint +1234567890

aws sns publish \
  --topic-arn arn:aws:sns:us-west-2:ACCOUNT_ID:bayon-coagent-production-alarms \
  --message "Test alarm notification" \
  --subject "Test Alert"

aws logs put-retention-policy \
  --log-group-name /aws/amplify/APP_ID \
  --retention-in-days 30

aws logs put-retention-policy \
  --log-group-name /aws/amplify/DEV_APP_ID \
  --retention-in-days 7

aws logs create-export-task \
  --log-group-name /aws/amplify/APP_ID \
  --from $(date -d '7 days ago' +%s)000 \
  --to $(date +%s)000 \
  --destination bayon-coagent-logs-archive \
  --destination-prefix production/amplify/

aws xray batch-get-traces \
  --trace-ids TRACE_ID
"""
GUIDE_DASHBOARD = """{
  "widgets": [
    {
      "type": "metric",
      "properties": {
        "metrics": [
          ["AWS/DynamoDB", "ConsumedReadCapacityUnits", {"stat": "Sum"}],
          [".", "ConsumedWriteCapacityUnits", {"stat": "Sum"}]
        ],
        "period": 300,
        "stat": "Sum",
        "region": "us-west-2",
        "title": "DynamoDB Capacity"
      }
    }
  ]
}
"""


class Aws:
    """The program `aws` in a folder and an environment of its own."""

    def __init__(self, bayon: Bayon, folder: Path) -> None:
        self.folder = folder
        self.bayon = bayon
        self.env = {
            **bayon.env,
            "AWS_DEFAULT_REGION": "us-west-2",
            "AWS_REGION": "us-west-2",
            "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "HOME": str(folder),
            "NO_PROXY": "127.0.0.1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """The command has ended, however it did."""
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=60, cwd=self.folder, env=self.env
        )

    def __call__(self, *arguments: str) -> Any:
        """Out: what the command answered."""
        ended = self.run("aws", *arguments)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout) if ended.stdout else None

    def refused(self, *arguments: str) -> str:
        """Out: what the command said when it did not do it."""
        ended = self.run("aws", *arguments)
        assert ended.returncode == 255, ended
        assert ended.stdout == ""
        return ended.stderr.strip()


@pytest.fixture
def aws(bayon: Bayon, tmp_path: Path) -> Aws:
    bayon.clock(freeze=NOW)
    return Aws(bayon, tmp_path)


def test_metrics(aws: Aws) -> None:
    """Every way of giving data, listed and read back by both reading commands."""
    put = ("cloudwatch", "put-metric-data", "--namespace", "App")
    aws(*put, "--metric-name", "m", "--value", "3", "--unit", "Count", "--dimensions", "Host=a,Stage=b")
    aws(*put, "--metric-name", "s", "--statistic-values", "SampleCount=2,Sum=5,Minimum=1,Maximum=4")
    data = [{"MetricName": "v", "Values": [1, 2, 100], "Counts": [50, 49, 1], "StorageResolution": 1, "Timestamp": NOW}]
    (aws.folder / "data.json").write_text(json.dumps(data))
    aws(*put, "--metric-data", "file://data.json")

    listed = aws("cloudwatch", "list-metrics", "--namespace", "App", "--dimensions", "Name=Host")["Metrics"]
    dimensions = [{"Name": "Host", "Value": "a"}, {"Name": "Stage", "Value": "b"}]
    assert listed == [{"Namespace": "App", "MetricName": "m", "Dimensions": dimensions}]

    get = ("cloudwatch", "get-metric-statistics", "--namespace", "App", *SPAN)
    sets = aws(*get, "--metric-name", "s", "--period", "7200", "--statistics", "Average", "Minimum", "SampleCount")
    point = sets["Datapoints"][0]
    assert (point["Average"], point["Minimum"], point["SampleCount"], point["Unit"]) == (2.5, 1.0, 2.0, "None")
    percentiles = aws(*get, "--metric-name", "v", "--period", "60", "--extended-statistics", "p50", "p99")
    assert percentiles["Datapoints"][0]["ExtendedStatistics"] == {"p50": 1.0, "p99": 2.0}

    metric = {"Namespace": "App", "MetricName": "m", "Dimensions": dimensions}
    queries = [{"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "Label": "mine"}]
    answer = aws("cloudwatch", "get-metric-data", "--metric-data-queries", json.dumps(queries), *SPAN)
    result = answer["MetricDataResults"][0]
    assert (result["Id"], result["Label"], result["Values"], result["StatusCode"]) == ("q", "mine", [3.0], "Complete")
    assert [instant(at) for at in result["Timestamps"]] == [NOW_MS // 1000]


def test_dashboards(aws: Aws) -> None:
    """Put, list, get, delete; what is wrong with a body is said for each place in it."""
    body = '{"widgets": [{"type": "text", "properties": {"markdown": "hello"}}]}'
    put = ("cloudwatch", "put-dashboard", "--dashboard-name", "d", "--dashboard-body")
    assert aws(*put, body) == {"DashboardValidationMessages": []}
    entry = aws("cloudwatch", "list-dashboards")["DashboardEntries"][0]
    assert (entry["DashboardName"], entry["Size"]) == ("d", len(body))
    assert entry["DashboardArn"] == "arn:aws:cloudwatch::000000000000:dashboard/d"
    says = aws.refused(*put, '{"widgets": [{"type": "metric"}]}')
    assert says.startswith("An error occurred (InvalidParameterInput) when calling the PutDashboard operation: ")
    assert '"dataPath": "/widgets/0"' in says
    assert "Should have required property 'properties'" in says
    assert aws("cloudwatch", "get-dashboard", "--dashboard-name", "d")["DashboardBody"] == body
    aws("cloudwatch", "delete-dashboards", "--dashboard-names", "d")
    assert "(ResourceNotFound)" in aws.refused("cloudwatch", "get-dashboard", "--dashboard-name", "d")


def test_logs(aws: Aws) -> None:
    """Groups, streams, events both ways, retention and tags."""
    group, stream = ("--log-group-name", "/app"), ("--log-stream-name", "s")
    aws("logs", "create-log-group", *group, "--tags", "team=a")
    assert "(ResourceAlreadyExistsException)" in aws.refused("logs", "create-log-group", *group)
    aws("logs", "create-log-stream", *group, *stream)
    events = [f"timestamp={NOW_MS - 1000},message=first", f"timestamp={NOW_MS},message='second, last'"]
    aws("logs", "put-log-events", *group, *stream, "--log-events", *events)
    got = aws("logs", "get-log-events", *group, *stream, "--limit", "1")["events"]
    assert got == [{"timestamp": NOW_MS, "message": "second, last", "ingestionTime": NOW_MS}]
    paged = aws("logs", "filter-log-events", *group, "--page-size", "1")["events"]  # which the program does by itself
    assert [event["message"] for event in paged] == ["first", "second, last"]

    aws("logs", "put-retention-policy", *group, "--retention-in-days", "30")
    assert "(InvalidParameterException)" in aws.refused(
        "logs", "put-retention-policy", *group, "--retention-in-days", "8"
    )
    described = aws("logs", "describe-log-groups", "--log-group-name-prefix", "/app")["logGroups"][0]
    assert described["retentionInDays"] == 30
    arn = described["logGroupArn"]
    aws("logs", "tag-resource", "--resource-arn", arn, "--tags", "stage=b")
    assert aws("logs", "list-tags-for-resource", "--resource-arn", arn) == {"tags": {"stage": "b", "team": "a"}}
    found = aws("resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key=stage,Values=b,c")
    assert [found["ResourceARN"] for found in found["ResourceTagMappingList"]] == [arn]


def test_traces(aws: Aws) -> None:
    """A segment goes in and comes back as part of its trace."""
    trace = f"1-{NOW_MS // 1000:x}-a006649127e371903a2de979"
    document = {"trace_id": trace, "id": "70de5b6f19ff9a0a", "name": "shop", "start_time": NOW_MS / 1000}
    finished = json.dumps(document | {"end_time": NOW_MS / 1000 + 0.25})
    put = aws("xray", "put-trace-segments", "--trace-segment-documents", finished, '{"id": "bad"}')
    assert [each["ErrorCode"] for each in put["UnprocessedTraceSegments"]] != []
    other = trace[:-1] + "0"
    got = aws("xray", "batch-get-traces", "--trace-ids", trace, other)
    assert [(found["Id"], found["Duration"]) for found in got["Traces"]] == [(trace, 0.25)]
    assert json.loads(got["Traces"][0]["Segments"][0]["Document"])["name"] == "shop"
    assert got["UnprocessedTraceIds"] == [other]


def test_topics(aws: Aws) -> None:
    """Topics, subscriptions, publishing; and who is asking."""
    arn = aws("sns", "create-topic", "--name", "alarms", "--tags", "Key=a,Value=b")["TopicArn"]
    assert arn == "arn:aws:sns:us-west-2:000000000000:alarms"
    subscribe = ("sns", "subscribe", "--topic-arn", arn, "--protocol", "sms", "--notification-endpoint", "+15550100")
    subscribed = aws(*subscribe)["SubscriptionArn"]
    assert aws("sns", "list-topics") == {"Topics": [{"TopicArn": arn}]}
    listed = aws("sns", "list-subscriptions-by-topic", "--topic-arn", arn)["Subscriptions"]
    assert [(each["SubscriptionArn"], each["Endpoint"]) for each in listed] == [(subscribed, "+15550100")]
    assert aws("sns", "publish", "--topic-arn", arn, "--message", "hi")["MessageId"]
    assert aws("sts", "get-caller-identity")["Arn"] == "arn:aws:iam::000000000000:root"


def test_alarms(aws: Aws) -> None:
    """An alarm is put, fires when its data comes, is described, set, and deleted behind what looks at it."""
    aws.bayon.clock(freeze=NOW)
    put = ("cloudwatch", "put-metric-alarm", "--alarm-name", "errors", "--namespace", "App", "--metric-name", "Errors")
    judged = ("--statistic", "Sum", "--period", "300", "--evaluation-periods", "1", "--threshold", "10")
    aws(*put, *judged, "--comparison-operator", "GreaterThanThreshold", "--treat-missing-data", "notBreaching")
    aws("cloudwatch", "put-metric-data", "--namespace", "App", "--metric-name", "Errors", "--value", "11")
    aws("cloudwatch", "put-composite-alarm", "--alarm-name", "down", "--alarm-rule", "ALARM(errors)")
    aws.bayon.clock(advance_s=180)
    kinds = ("--alarm-types", "MetricAlarm", "CompositeAlarm")
    found = aws("cloudwatch", "describe-alarms", *kinds)
    assert [each["StateValue"] for each in found["MetricAlarms"] + found["CompositeAlarms"]] == ["ALARM", "ALARM"]
    aws.bayon.clock(advance_s=1200)
    history = aws(
        "cloudwatch", "describe-alarm-history", "--alarm-name", "errors", "--history-item-type", "StateUpdate"
    )
    assert history["AlarmHistoryItems"][0]["HistorySummary"] == "Alarm updated from ALARM to OK"
    assert "composite alarm(s) depending on it" in aws.refused("cloudwatch", "delete-alarms", "--alarm-names", "errors")
    aws("cloudwatch", "delete-alarms", "--alarm-names", "down", "errors")
    assert aws("cloudwatch", "describe-alarms", *kinds)["MetricAlarms"] == []


def test_what_is_not_there(aws: Aws) -> None:
    """An operation, an option and a service that are not implemented say so at once, without being tried again."""
    began_s = time.monotonic()
    says = aws.refused("rum", "list-app-monitors")
    assert "when calling the ListAppMonitors operation: rum ListAppMonitors is not implemented" in says
    assert "when calling the ListTables operation: bayon does not serve" in aws.refused("dynamodb", "list-tables")
    assert time.monotonic() - began_s < 10


def test_the_guide(aws: Aws) -> None:
    """The guide's own commands run one after the other in a shell, and have done what the guide says."""
    (aws.folder / "dashboard-config.json").write_text(GUIDE_DASHBOARD)
    here = {"region_name": "us-west-2"}
    logs, sns = aws.bayon.client("logs", **here), aws.bayon.client("sns", **here)
    for group in ("/aws/amplify/d111", "/aws/amplify/d222"):
        logs.create_log_group(logGroupName=group)
    topic = sns.create_topic(Name="bayon-coagent-production-alarms")["TopicArn"]
    trace = "1-581cf771-a006649127e371903a2de979"
    script = GUIDE.replace("DEV_APP_ID", "d222").replace("APP_ID", "d111").replace("TRACE_ID", trace)
    ended = aws.run("bash", "-c", script.replace("ACCOUNT_ID", "000000000000"))
    assert ended.returncode == 0, ended.stderr
    retained = {group["logGroupName"]: group["retentionInDays"] for group in logs.describe_log_groups()["logGroups"]}
    assert retained == {"/aws/amplify/d111": 30, "/aws/amplify/d222": 7}
    subscribed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert {each["Protocol"]: each["Endpoint"] for each in subscribed} == {
        "email": "your-email@example.com",
        "sms": "+1234567890",
    }
    (export,) = logs.describe_export_tasks()["exportTasks"]
    assert (export["destination"], export["destinationPrefix"]) == ("bayon-coagent-logs-archive", "production/amplify/")
    (alarm,) = aws.bayon.client("cloudwatch", **here).describe_alarms()["MetricAlarms"]
    assert (alarm["AlarmName"], alarm["AlarmActions"]) == ("BayonCoAgent-HighCosts", [topic])
    dashboard = aws.bayon.client("cloudwatch").get_dashboard(DashboardName="BayonCoAgent-Custom")
    assert dashboard["DashboardBody"] == GUIDE_DASHBOARD


def instant(text: Any) -> float:
    """A time as the program prints it, in epoch seconds: whichever of its forms the protocol makes it take."""
    return float(text) if isinstance(text, int | float) else datetime.fromisoformat(text).astimezone(UTC).timestamp()
