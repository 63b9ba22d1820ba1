"""Reading sealed tips by machine: what is searched for, and which tips are alike. Keeps nothing."""
