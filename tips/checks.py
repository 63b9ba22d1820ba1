"""System checks: every mistake of set-up that the code can see."""
