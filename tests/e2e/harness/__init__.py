"""Odoo and the servers around it as operating-system processes, with real commits.

Odoo's test cursors never commit and drop post-commit work; everything that happens after a commit,
in a scheduled action, between two processes or after a kill is tested here instead. ``README.md``
beside this file shows the parts.
"""
