"""The commands about alarms: cases without a server, explanations and packs with one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bayon.alarms import cases
from bayon.reference import served
from bayon.testing import Bayon

CASES = Path(__file__).parent / "cases" / "alarms" / "sequences.yaml"
NOW = "2026-03-02T12:00:00Z"
UNSERVED = "bayon: 4 things of the pack could not be compared with what is there\n"
TOPIC = "arn:aws:sns:us-east-1:000000000000:bayon-coagent-production-alarms"


def ran(*arguments: str, url: str = "", code: int = 0) -> str:
    command = [sys.executable, "-m", "bayon", *arguments, *(["--url", url] if url else [])]
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "140", "AWS_EC2_METADATA_DISABLED": "true"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert run.returncode == code, run.stdout + run.stderr
    return run.stdout + (run.stderr if code else "")


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text()), ids=lambda case: str(case["name"]))
def test_the_cases_of_this_repository_pass(case: dict[str, Any]) -> None:
    """Each with a source."""
    assert case["source"]
    outcome = cases.run(case)
    assert outcome.found == outcome.expected


def test_cases_are_checked_on_the_command_line(tmp_path: Path) -> None:
    """A failure is shown state by state, and the exit code is 1."""
    assert ran("check-cases", str(CASES)) == "7 passed, 0 failed\n"
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text('- {name: bad, alarm: {threshold: "> 5"}, points: 9 1 _x2, state: ALARM ALARM OK OK}\n')
    assert ran("check-cases", str(wrong), code=1) == (
        "failed: bad\n"
        "  points   9     1     _  _\n"
        "  expected ALARM ALARM OK OK\n"
        "  found    ALARM OK    OK OK\n"
        "                 ^\n"
        "0 passed, 1 failed\n"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {name: a, alarm: {threshold: '= 5'}, points: 1, state: OK}", "case 'a': expected a threshold such as"),
        ("- {name: a, alarm: {threshold: '> 5'}, points: x, state: OK}", "case 'a': expected a number or _, found 'x'"),
        ("- {name: a, alarm: {threshold: '> 5'}, points: 1, state: FINE}", "expected a state (OK, ALARM, INSUFF"),
        ("- {name: a, alarm: {threshold: '> 5', n: 1, m: 2}, points: 1, state: OK}", "expected m from 1 to n"),
        ("- {name: a, rule: ALARM(, children: {}, state: OK}", "case 'a': the rule is wrong at 6"),
        ("- {name: a, points: 1}", "expected a case of"),
        ("hello", "expected a list of cases"),
        ("[", "expected YAML"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text: str, says: str, tmp_path: Path) -> None:
    """One sentence, with the case's name."""
    path = tmp_path / "cases.yaml"
    path.write_text(text)
    assert says in ran("check-cases", str(path), code=1)


def test_an_alarm_is_explained(bayon: Bayon) -> None:
    """Every window that was retrieved, what it counted as, and the rule that decided."""
    bayon.clock(freeze=NOW)
    cloudwatch = bayon.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="App",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )
    data = [{"MetricName": "Errors", "Timestamp": "2026-03-02T11:57:00Z", "Value": 9.0}]
    cloudwatch.put_metric_data(Namespace="App", MetricData=data)
    bayon.clock(advance_s=10)
    said = ran("alarms", "explain", "errors", "--at", "2026-03-02T12:00:10Z", url=bayon.url)
    assert "errors is in ALARM" in said
    assert "in ALARM when 2 of 3 windows of 60 s breach: Sum of Errors GreaterThanThreshold 5" in said
    assert [line.split() for line in said.splitlines() if line.startswith("03-02")] == [
        ["03-02", "11:55:00", "-", "11:56:00", "-", "retrieved,", "not", "needed"],
        ["03-02", "11:56:00", "-", "11:57:00", "-", "retrieved,", "not", "needed"],
        ["03-02", "11:57:00", "-", "11:58:00", "9", "yes", "breaching"],
        ["03-02", "11:58:00", "-", "11:59:00", "-", "filled", "in", "as", "breaching"],
        ["03-02", "11:59:00", "-", "12:00:00", "-", "filled", "in", "as", "breaching"],
    ]
    assert "rule: missing data points were filled in" in said
    cloudwatch.put_composite_alarm(AlarmName="down", AlarmRule="ALARM(errors)")
    assert 'rule: ALARM("errors")\n  errors: ALARM\ntherefore ALARM' in ran("alarms", "explain", "down", url=bayon.url)
    assert "expected the name of an alarm, found 'none'" in ran("alarms", "explain", "none", url=bayon.url, code=1)


def test_the_pack_of_the_guide_is_applied_once(bayon: Bayon) -> None:
    """First everything is shown, then made, then nothing is left to do; what is changed by hand is changed back.

    What the endpoint does not serve is named, and fails the command when the rest is done.
    """
    code = 0 if ("logs", "describe_query_definitions") in served.operations() else 1

    def applied(*options: str) -> str:
        said = ran("pack", "apply", "bayon-coagent", *options, url=bayon.url, code=code)
        assert ("! queries BayonCoAgent/Find Errors: logs DescribeQueryDefinitions is not" in said) is (code == 1)
        return said.partition("runbook  ")[0].removesuffix(UNSERVED)

    shown = applied("--diff")
    assert "+ alarm BayonCoAgent-HighErrorRate\n" in shown
    assert "    Threshold: 10\n" in shown
    cloudwatch = bayon.client("cloudwatch")
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    count = sum(line.startswith(("+", "~")) for line in shown.splitlines())
    assert shown.endswith(f"{count} to change\n")
    assert applied().endswith(f"{count} changed\n")
    again = applied("--diff")
    assert again.endswith("0 to change\n"), again
    found = {alarm["AlarmName"]: alarm for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert {name: alarm["Threshold"] for name, alarm in found.items()} == {
        "BayonCoAgent-HighErrorRate": 10,
        "BayonCoAgent-HighLatency": 5000,
        "BayonCoAgent-DynamoDB-Throttling": 5,
        "BayonCoAgent-Bedrock-Throttling": 3,
        "BayonCoAgent-HighCosts": 50,
    }
    assert all(alarm["AlarmActions"] == [TOPIC] for alarm in found.values())
    body = cloudwatch.get_dashboard(DashboardName="BayonCoAgent-production")["DashboardBody"]
    assert "${" not in body
    cloudwatch.put_metric_alarm(
        AlarmName="BayonCoAgent-HighCosts",
        Namespace="AWS/Billing",
        MetricName="EstimatedCharges",
        Statistic="Maximum",
        Period=86400,
        EvaluationPeriods=1,
        Threshold=500,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[TOPIC],
        Unit="None",
    )
    changed = applied("--diff")
    assert "~ alarm BayonCoAgent-HighCosts\n" in changed
    assert '    Threshold: 500.0 -> 50\n    Unit: "None" -> null\n' in changed
    assert applied().endswith("1 changed\n")
    assert "expected the name of a pack (bayon-coagent)" in ran("pack", "apply", "none", url=bayon.url, code=1)
    assert "expected a parameter of the pack" in ran(
        "pack", "apply", "bayon-coagent", "--set", "X=1", url=bayon.url, code=1
    )
