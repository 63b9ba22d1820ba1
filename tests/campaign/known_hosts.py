"""Where pages of the site have led, for the tests of screening."""

KNOWN = {"govt.lc", "scribd.com/document/1", "m.facebook.com/ministry", "antitraffickingslu.org"}
