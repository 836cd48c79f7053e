"""Alarms on a timer: evaluated when they are due, their history kept for as long as AWS keeps it."""

from __future__ import annotations

from bayon import limits
from bayon.jobs.job import House, job
from bayon.services.cloudwatch import alarm_evaluation, alarm_events, anomaly_training
from bayon.state import alarm_history

FAR_MS = 2**62  # later than any clock


@job(every_s=10, catch_up=True, lane="alarms")
def alarm_evaluations(house: House) -> int | None:
    """Every alarm that is due has been evaluated."""
    return alarm_evaluation.run(house.store, house.state, house.now_ms) or FAR_MS


@job(every_s=1, lane="alarms")
def alarm_evaluations_soon(house: House) -> None:
    """New alarms have been evaluated, and short ones by what is known already."""
    alarm_evaluation.soon(house.store, house.state, house.now_ms)


@job(every_s=1, lane="alarms")
def alarm_events_handed_on(house: House) -> None:
    """Events about alarms are in their log group, and on their way to whoever wants them."""
    alarm_events.hand_on(house.store, house.state, house.settings, house.now_ms)


@job(every_s=1, lane="alarm-events")
def alarm_events_posted(house: House) -> None:
    """Whoever wants events about alarms has those that are due."""
    alarm_events.post(house.state, house.now_ms)


@job(every_s=10, lane="anomaly-detectors")
def anomaly_detectors_trained(house: House) -> None:
    """New anomaly detectors have learnt what there is to learn."""
    anomaly_training.train_new(house.store, house.state, house.now_ms)


@job(every_s=600, lane="anomaly-detectors")
def anomaly_detectors_trained_again(house: House) -> None:
    """Anomaly detectors know of the last hour."""
    anomaly_training.train_again(house.store, house.state, house.now_ms)


@job(every_s=3600)
def expire_alarm_history(house: House) -> None:
    """No item of an alarm's history is older than AWS keeps it."""
    alarm_history.expire(house.state, house.now_ms - limits.ALARM_HISTORY_KEPT_MS)
