"""Who gets in at the desk: accounts and their keys, log-in, sessions, throttle, recovery."""
