{
    "name": "Automation Examples: A Company",
    "summary": "The applications of a company, and what its own module added to them",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": [
        "base_automation_ext",
        "calendar",
        "crm",
        "hr_expense",
        "project",
        "sale_management",
        "sms",
    ],
    "data": ["security/ir.model.access.csv"],
}
