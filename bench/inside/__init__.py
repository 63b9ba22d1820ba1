"""What a figure does inside our own Django, in a process of its own."""
