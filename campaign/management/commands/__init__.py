"""The app's commands for manage.py, one a module."""
