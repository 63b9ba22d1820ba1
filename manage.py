#!/usr/bin/env python
"""Django's command line; commands run as the owner whom OWNER_DATABASE_URL names."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
    execute_from_command_line(sys.argv)
