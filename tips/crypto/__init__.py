"""Sealing, codes and words that people type; nobody else imports a crypto library."""
