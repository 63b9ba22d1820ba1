"""What only whoever works on the code needs: tests, checks, audit, figures."""
