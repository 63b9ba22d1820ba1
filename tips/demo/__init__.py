"""Made-up citizens and a desk that answered them, for `./run demo` alone.

`words/` says what they wrote, `lives.toml` what became of it; all of it through the real functions.
"""
