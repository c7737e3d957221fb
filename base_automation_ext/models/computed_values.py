"""Values of fields that are computed whenever they are read: the same whoever asks."""

from odoo import SUPERUSER_ID


def computed_values(records, name, convert):
    """Return ``{record id: value}`` of a computed field, as superuser, in each record's company.

    :param convert: called with a record and ``name``
    """
    env = records.env(user=SUPERUSER_ID, su=True, context={})
    records = env[records._name].browse(records._ids)
    # What is there may have been computed in another company, for somebody with other rights;
    # and what is computed here is nothing for others.
    records.invalidate_recordset([name], flush=False)
    values = {}
    for members in records.grouped(_company_of).values():
        members = members.with_company(_company_of(members[:1])).with_prefetch()
        values.update((record.id, convert(record, name)) for record in members)
    records.invalidate_recordset([name], flush=False)
    return values


def _company_of(record):
    """Return the id of the company of a record; None lets ``with_company`` change nothing."""
    return record.company_id.id or None if "company_id" in record._fields else None
