"""What every rule raises that says no to somebody."""


class Refused(Exception):
    """Nothing was done; the sentence says why, for whoever asked."""
