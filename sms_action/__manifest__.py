{
    "name": "SMS Action",
    "summary": "Send SMS from server actions over any gateway",
    "version": "19.0.1.0.0",
    "category": "Extra Tools",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["base_automation_ext", "server_action_engine", "sms"],
    "external_dependencies": {"python": ["phonenumbers"]},
    "data": [
        "security/ir.model.access.csv",
        "views/sms_message_views.xml",
        "views/sms_gateway_views.xml",
        "views/message_button_views.xml",
        "views/server_action_sms_preview_views.xml",
        "views/ir_actions_server_sms_views.xml",
        "views/sms_gateway_smpp_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["sms_action/static/src/**/*"],
    },
    "uninstall_hook": "_uninstall",
}
