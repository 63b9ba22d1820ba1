"""What the public reads, edited by staff."""
