"""Tell, seal, talk, triage, forget."""
