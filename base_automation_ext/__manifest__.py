{
    "name": "Automation Rules Extended",
    "summary": "Automation rules that cost nothing when they do not match",
    "version": "19.0.1.0.0",
    "category": "Extra Tools",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["base_automation", "server_action_engine"],
    "data": [
        "security/ir.model.access.csv",
        "security/base_automation_security.xml",
        "views/base_automation_views.xml",
        "views/base_automation_firing_views.xml",
    ],
}
