#!/usr/bin/env python
"""Django's command line; commands run as the owner whom OWNER_DATABASE_URL names."""

import gc
import os
import sys

if __name__ == "__main__":
    gc.disable()  # until all is loaded (slu_antitrafficking/apps.py): nothing of that is garbage
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
    execute_from_command_line(sys.argv)
