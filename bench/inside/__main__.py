"""python -m bench.inside NAME ARGUMENT…: prints what that module's `main` answers, as JSON."""

import json
import os
import sys
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
django.setup()
print(json.dumps(import_module(f"bench.inside.{sys.argv[1]}").main(*sys.argv[2:])))
