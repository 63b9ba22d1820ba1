"""Made-up citizens and a desk that answered them, for `./run demo` alone.

`words/` says what they wrote, `scenarios.toml` what became of it; all through the real functions.
"""
