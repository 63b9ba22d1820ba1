"""The queue, a tip on its screen, and what an officer does with it."""
