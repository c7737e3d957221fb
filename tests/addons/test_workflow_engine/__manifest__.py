{
    "name": "Workflow Engine: Test Documents",
    "summary": "Sale, purchase, invoice and picking with workflows as OpenERP users had them",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["workflow_engine"],
    "data": ["security/ir.model.access.csv"],
}
