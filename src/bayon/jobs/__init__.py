"""Work on a timer, one function per job, found by being declared."""
