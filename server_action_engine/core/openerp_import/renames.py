"""Names that changed between OpenERP 5 and Odoo 19, and the mapping a user may add.

Only renames whose target holds the same kind of record are listed; what was dropped is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import ConfigurationError

MODELS = {
    "account.invoice": "account.move",
    "account.invoice.line": "account.move.line",
    "account.voucher": "account.payment",
    "crm.case.categ": "crm.tag",
    "crm.case.section": "crm.team",
    "crm.case.stage": "crm.stage",
    "crm.meeting": "calendar.event",
    "email.template": "mail.template",
    "hr.holidays": "hr.leave",
    "hr.holidays.status": "hr.leave.type",
    "ir.actions.report.xml": "ir.actions.report",
    "mrp.repair": "repair.order",
    "product.uom": "uom.uom",
    "product.uom.categ": "uom.category",
    "project.task.work": "account.analytic.line",
    "res.partner.address": "res.partner",
    "stock.picking.in": "stock.picking",
    "stock.picking.out": "stock.picking",
    "stock.production.lot": "stock.lot",
}

FIELDS = {
    ("account.move", "number"): "name",
    ("account.move", "date_invoice"): "invoice_date",
    ("account.move", "date_due"): "invoice_date_due",
    ("account.move", "comment"): "narration",
    ("account.move", "origin"): "invoice_origin",
    ("account.move", "type"): "move_type",
    ("account.move", "reference"): "ref",
    ("account.move", "residual"): "amount_residual",
    ("account.move", "user_id"): "invoice_user_id",
    ("account.move", "invoice_line"): "invoice_line_ids",
    ("account.move", "payment_term"): "invoice_payment_term_id",
    ("account.move.line", "invoice_id"): "move_id",
    ("account.move.line", "uos_id"): "product_uom_id",
    ("crm.lead", "section_id"): "team_id",
    ("crm.lead", "categ_ids"): "tag_ids",
    ("crm.lead", "planned_revenue"): "expected_revenue",
    ("res.partner", "address"): "child_ids",
    ("res.partner", "mobile"): "phone",
    ("res.partner", "section_id"): "team_id",
    ("sale.order", "date_confirm"): "date_order",
    ("sale.order", "payment_term"): "payment_term_id",
    ("sale.order", "section_id"): "team_id",
    ("sale.order.line", "tax_id"): "tax_ids",
    ("sale.order.line", "product_uos_qty"): "product_uom_qty",
    ("stock.move", "product_qty"): "product_uom_qty",
    ("stock.move", "prodlot_id"): "lot_ids",
    ("stock.picking", "move_lines"): "move_ids",
}

GROUPS = {
    "base.group_sale_manager": "sales_team.group_sale_manager",
    "base.group_sale_salesman": "sales_team.group_sale_salesman",
    "base.group_sale_salesman_all_leads": "sales_team.group_sale_salesman_all_leads",
    "base.group_hr_manager": "hr.group_hr_manager",
    "base.group_hr_user": "hr.group_hr_user",
}


class MappingError(ConfigurationError):
    """A line of the user's mapping has no ``=`` or an empty side.

    :param line: number of the line, from 1
    :param text: the line
    """

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line = line
        self.text = text


@dataclass(frozen=True)
class Mapping:
    """Old name → new name: models, ``model.field`` and external ids in one table."""

    names: dict[str, str] = field(default_factory=dict)
    """What the user wrote; wins over the built-in tables."""

    def model(self, name: str) -> str:
        """Return the present name of a model."""
        return self.names.get(name) or MODELS.get(name, name)

    def field_name(self, old_model: str, name: str) -> str:
        """Return the present name of a field.

        The user may write ``old.model.field=new`` or ``new.model.field=new``; the right side may
        repeat the model.
        """
        new_model = self.model(old_model)
        for model in (old_model, new_model):
            if found := self.names.get(f"{model}.{name}"):
                return found.rpartition(".")[2]
        return FIELDS.get((new_model, name), name)

    def xml_id(self, name: str) -> str:
        """Return the present external id."""
        return self.names.get(name) or GROUPS.get(name, name)


def parse_mapping(text: str) -> Mapping:
    """Read a mapping: one ``old=new`` per line; empty lines and lines with ``#`` are skipped.

    :raises MappingError: a line has another form
    """
    names = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        old, mark, new = (part.strip() for part in line.partition("="))
        if not mark or not old or not new:
            raise MappingError(number, line)
        names[old] = new
    return Mapping(names)
