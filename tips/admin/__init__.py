"""The desk: Django's admin under a site class of our own (tips.admin.site)."""
