{
    "name": "Automation Rules Extended: Beside Other Modules",
    "summary": "Rules on records which modules of others guard, audit or publish",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": [
        "auditlog",
        "base_automation_ext",
        "base_exception",
        "base_tier_validation",
        "sms_action",
        "sms_twilio",
        "website",
    ],
    "data": ["security/ir.model.access.csv"],
}
