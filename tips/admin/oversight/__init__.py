"""What looks at the desk itself: the trail."""
