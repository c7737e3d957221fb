"""Reading of OpenERP 5–10 data files with server actions, without Odoo.

bytes → :func:`xml_reader.read` → records → :func:`definitions.collect` → old actions and remarks.
What they become in this database is decided by the caller, which knows the models and types.
"""
