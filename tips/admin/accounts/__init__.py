"""Log-in, set-up, an officer's own account, and everybody's."""
