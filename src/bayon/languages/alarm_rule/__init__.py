"""The rules of composite alarms: `ALARM(a) AND NOT (OK("b c") OR AT_LEAST(50%, ALARM, (d, e)))`. Pure."""
