"""Who is told that a tip waits, when, and how that leaves: the ladder, the outbox, the mails."""
