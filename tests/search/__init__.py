"""What is found in words: folding, numbers, terms, marks and likeness, without a database."""
