"""What follows the arrival of log events: data points of metrics, and payloads for subscribers.

All of it runs behind the durable append, in jobs that read events in the order of their arrival. `texts` is where an
event's transformed form is to be found; `metrics` derives data points exactly once, `subscriptions` payloads at least
once.
"""
