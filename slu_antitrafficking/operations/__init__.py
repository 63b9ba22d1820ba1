"""What a server needs beside serving.

Loads no Django: what needs the models is a command of manage.py.
"""
