{
    "name": "Workflow Engine",
    "summary": "Workflows on any model: activities, signals, splits and joins, subflows, timers",
    "version": "19.0.1.0.0",
    "category": "Extra Tools",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["server_action_engine", "base_automation_ext"],
    "data": [
        "security/ir.model.access.csv",
        "data/workflow_timer_data.xml",
    ],
}
