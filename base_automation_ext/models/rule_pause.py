"""Rules that pause themselves, say why, and tell who is responsible for them."""

import logging

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models

_logger = logging.getLogger(__name__)

#: Key in ``registry.__dict__``: rules that are being paused right now.
_PAUSING = "base_automation_ext_pausing"
#: Nobody waits longer than this for a rule to be paused. PostgreSQL's interval syntax.
_LOCK_TIMEOUT = "1s"


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    pause_reason = fields.Text(
        string="Paused Because", readonly=True, copy=False, help="Why the rule paused itself."
    )
    responsible_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        copy=False,
        help="This user is told when the rule cannot go on. Empty: whoever created it.",
    )

    def write(self, vals):
        if "paused" in vals and not vals["paused"] and "pause_reason" not in vals:
            vals = {**vals, "pause_reason": False}
        return super().write(vals)

    def _pause_because(self, reason):
        """Pause the rules and tell their owners; part of the running transaction."""
        for rule in self.sudo().with_context(automation_skip=True, lang=None):
            rule.write({"paused": True, "pause_reason": reason})
            rule._tell_owner(reason)

    def _tell_owner(self, reason):
        owner = self._owner()
        rule = self.with_context(lang=owner.lang)
        summary = rule.env._("The automation rule “%(rule)s” was paused", rule=rule.name)
        note = Markup("<p>%s</p>") % reason
        rule.message_post(body=note, subject=summary, subtype_xmlid="mail.mt_note")
        rule.activity_schedule(
            "mail.mail_activity_data_warning", summary=summary, note=note, user_id=owner.id
        )

    def _owner(self):
        """Return the user who looks after the rule."""
        robot = self.env.ref("base.user_root")
        for user in (self.responsible_id, self.create_uid):
            if user.active and user != robot:
                return user
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        return admin if admin and admin.active else robot

    # -- from a transaction that may be rolled back ------------------------------------------------

    def _pause_later(self, reason):
        """Pause the rule when the running transaction is over, however it ends.

        Whoever runs into the broken rule has nothing to do with it, and must neither wait for it
        nor take the pause along when the transaction is rolled back.
        """
        self.ensure_one()
        registry, rule_id = self.env.registry, self.id
        key = f"{_PAUSING}.{rule_id}"
        cr = self.env.cr
        if key in cr.postrollback.data or rule_id in registry.__dict__.get(_PAUSING, ()):
            return
        _logger.warning("Automation rule #%s is going to be paused: %s", rule_id, reason)
        seen = self.sudo()._texts_of_filters()

        def pause():
            cr.postrollback.data.pop(key, None)
            _pause_in_own_transaction(registry, rule_id, reason, seen)

        # The author is to be told also when only a part of the transaction was undone.
        pause.outlives_savepoint = True
        cr.postrollback.data[key] = True
        # They exclude each other.
        cr.postcommit.add(pause)
        cr.postrollback.add(pause)

    def _texts_of_filters(self):
        return [self.filter_pre_domain, self.filter_domain, self.filter_change]

    def _filter_reason(self, name, problem):
        """Return the sentence that says which filter is broken, and why."""
        return self.env._(
            "The filter “%(filter)s” cannot be used any more: %(problem)s Correct it and resume "
            "the rule.",
            filter=self._fields[name]._description_string(self.env),
            problem=problem,
        )


def _pause_in_own_transaction(registry, rule_id, reason, seen):
    """Pause a rule unless it was changed meanwhile.

    :param seen: the texts of its filters when the problem was found
    """
    # Pausing changes the index of rules; reading that comes across the same rule once more.
    pausing = registry.__dict__.setdefault(_PAUSING, set())
    if rule_id in pausing:
        return
    pausing.add(rule_id)
    try:
        with registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = %s", [_LOCK_TIMEOUT])
            env = api.Environment(cr, SUPERUSER_ID, {})
            rule = env["base.automation"].browse(rule_id).exists()
            if rule and not rule.paused and rule._texts_of_filters() == seen:
                rule._pause_because(reason)
    except Exception:
        # The rule goes on being left out; whoever meets it next tries again.
        _logger.warning("Automation rule #%s could not be paused", rule_id, exc_info=True)
    finally:
        pausing.discard(rule_id)
