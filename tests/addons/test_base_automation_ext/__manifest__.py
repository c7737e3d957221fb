{
    "name": "Automation Rules Extended: Test Overrides",
    "summary": "Overrides the methods of automation rules other modules rely on",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["base_automation_ext"],
}
