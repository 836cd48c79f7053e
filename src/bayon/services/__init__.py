"""One function per AWS operation, in `services/<service>/<noun>.py`, called by its botocore snake-case name."""
