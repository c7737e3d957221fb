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
        "views/workflow_views.xml",
        "views/workflow_version_views.xml",
        "views/workflow_activity_views.xml",
        "views/workflow_transition_views.xml",
        "views/workflow_instance_views.xml",
        "views/workflow_log_views.xml",
        "views/ir_actions_server_trigger_views.xml",
        "views/base_automation_workflow_views.xml",
        "views/server_action_import_views.xml",
        "views/workflow_diagram_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            # Forms with a template of their own, those of tasks and projects among them, copy the
            # one of all forms with the extensions that come before the copy.
            (
                "after",
                "web/static/src/views/form/form_controller.xml",
                "workflow_engine/static/src/strip/form_view.xml",
            ),
            "workflow_engine/static/src/**/*",
        ],
    },
}
