"""Sealing, codes and words that people type; `sealing` alone imports the crypto library."""
