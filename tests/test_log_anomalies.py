"""A detector tells of what is new and of what comes unusually often, and of nothing else."""

from __future__ import annotations

from bayon.testing import Bayon

T0_MS = 1_772_445_600_000
MINUTE_MS = 60_000


def test_what_is_new_and_what_is_frequent(bayon: Bayon) -> None:
    """Steady patterns are no anomaly; the newest minute's are, until they are suppressed."""
    bayon.clock(freeze=T0_MS)
    logs = bayon.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    detector = logs.create_log_anomaly_detector(logGroupArnList=[arn], evaluationFrequency="ONE_MIN")[
        "anomalyDetectorArn"
    ]
    for minute in range(23):
        told = [f"user {minute}{n} signed in" for n in range(20)] + [
            f"[WARN] cache miss, key={minute}{n}" for n in range(3)
        ]
        put(logs, T0_MS - (23 - minute) * MINUTE_MS, told)
    newest = [f"user 9{n} signed in" for n in range(21)] + [f"[WARN] cache miss, key={n}" for n in range(90)]
    put(logs, T0_MS, [*newest, *(f"[ERROR] disk sd{n} failed after {n} ms" for n in range(30))])
    bayon.clock(advance_s=60)
    found = {each["patternString"]: each for each in logs.list_anomalies(anomalyDetectorArn=detector)["anomalies"]}
    assert set(found) == {"[WARN] cache miss, key=<Number-1>", "[ERROR] disk <Token-1> failed after <Number-2> ms"}
    error = found["[ERROR] disk <Token-1> failed after <Number-2> ms"]
    assert (error["description"], error["priority"], error["active"]) == ("New pattern found", "HIGH", True)
    assert error["histogram"] == {str(T0_MS): 30}
    assert error["logSamples"][0]["message"].startswith("[ERROR] disk sd")
    assert (
        found["[WARN] cache miss, key=<Number-1>"]["description"] == "90 events of the pattern, more than the usual 3"
    )
    period = {"value": 5, "suppressionUnit": "MINUTES"}
    logs.update_anomaly(
        anomalyDetectorArn=detector,
        patternId=error["patternId"],
        suppressionType="LIMITED",
        suppressionPeriod=period,
    )
    suppressed = logs.list_anomalies(suppressionState="SUPPRESSED")["anomalies"]
    assert [(each["state"], each["isPatternLevelSuppression"]) for each in suppressed] == [("Suppressed", True)]
    bayon.clock(advance_s=360)
    again = logs.list_anomalies(anomalyDetectorArn=detector)["anomalies"]
    assert {each["state"] for each in again} == {"Active"}
    assert [each["description"] for each in again if each["active"]] == [
        "0 events of the pattern, fewer than the usual 20"
    ]


def put(logs: object, at_ms: int, messages: list[str]) -> None:
    events = [{"timestamp": at_ms, "message": message} for message in messages]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)  # type: ignore[attr-defined]
