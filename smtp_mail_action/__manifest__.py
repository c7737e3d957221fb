{
    "name": "E-mail Action (SMTP)",
    "summary": "Send e-mail from server actions through any SMTP account",
    "version": "19.0.1.0.0",
    "category": "Extra Tools",
    "license": "LGPL-3",
    "author": "Odoo Automation Suite contributors",
    "website": "https://github.com/odoo-automation-suite/odoo-automation-suite",
    "depends": ["base_automation_ext", "server_action_engine"],
    "data": [
        "security/ir.model.access.csv",
        "views/server_action_email_preview_views.xml",
        "views/ir_actions_server_email_views.xml",
        "views/mail_mail_delivery_views.xml",
        "views/smtp_account_views.xml",
        "views/delivery_button_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["smtp_mail_action/static/src/**/*"],
    },
}
