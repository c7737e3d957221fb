{
    "name": "Server Action Engine: Test Models",
    "summary": "Models that only the tests of the engine need",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["server_action_engine"],
    "data": ["security/ir.model.access.csv"],
}
