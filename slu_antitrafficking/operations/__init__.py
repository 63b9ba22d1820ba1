"""What a server needs beside serving: releases, and a look at its health; backups and restores."""
