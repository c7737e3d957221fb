{
    "name": "Automation Rules Extended",
    "summary": "Automation rules that cost nothing when they do not match",
    "version": "19.0.1.0.0",
    "category": "Extra Tools",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["base_automation", "server_action_engine"],
    "external_dependencies": {"python": ["cronsim"]},
    "data": [
        "security/ir.model.access.csv",
        "data/ir_cron_timed_rules.xml",
        "views/base_automation_views.xml",
        "views/base_automation_schedule_views.xml",
        "views/base_automation_button_views.xml",
        "views/base_automation_activity_views.xml",
        "views/base_automation_live_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["base_automation_ext/static/src/**/*"],
    },
}
