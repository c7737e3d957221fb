"""What the messages of an SMS action cost, shown on a sample record while the action is written."""

from odoo import api, fields, models

from odoo.addons.server_action_engine.models.sample_check import undone

from ..core import gsm

#: Characters outside of the GSM alphabet that are named.
_MAX_NAMED = 5
#: What makes a message, of an action that may not be saved yet.
_SOURCES = (
    *("name", "model_id", "state", "run_as", "run_as_user_id", "usage"),
    *("sms_to", "sms_partner_ids", "sms_sender", "sms_gateway_id", "sms_template_id", "sms_text"),
    *("sms_method", "sms_max_parts", "sms_on_missing", "sms_on_error"),
)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    sms_sample = fields.Text(
        string="For “Try On”",
        compute="_compute_sms_sample",
        groups="base.group_system",
        help="Who gets the SMS of the record chosen in “Try On”, and how many parts it costs.",
    )

    @api.depends("sample_res_id", *_SOURCES)
    def _compute_sms_sample(self):
        for action in self:
            shown = action.state == "sms" and action.sms_is_extended
            record = action._sample_record() if shown else None
            action.sms_sample = "\n".join(action._sms_sample_lines(record)) if record else False

    def _sms_sample_lines(self, record):
        """Return one line per message of a record, or what goes wrong; nothing is changed."""
        with undone(self.env) as env:
            action = self._sms_copy_in(env)
            draft, problem = action._try_draft(record.with_env(env))
            lines = [f"✗ {problem}"] if problem else []
            if draft:
                lines += [action._sms_line(letter) for letter in draft.letters if draft.is_open]
                lines += [f"✗ {action._sms_refusal_text(one)}" for one in draft.refusals]
        return list(dict.fromkeys(lines))

    def _sms_copy_in(self, env):
        """Return this action in another environment, as it stands in the form.

        What is being edited is known to the environment of the form only.
        """
        values = {}
        for name in _SOURCES:
            value = self[name]
            if self._fields[name].type == "many2many":
                value = [fields.Command.set(value._origin.ids)]
            elif self._fields[name].relational:
                value = value._origin.id
            values[name] = value
        Action = env["ir.actions.server"]
        return Action.new(values, origin=Action.browse(self._origin.id))

    def _sms_line(self, letter):
        """Return whom a message goes to, what it costs and which gateway takes it."""
        return self.env._(
            "✓ %(to)s: %(cost)s, %(gateway)s",
            to=f"{letter.to.number} ({letter.to.name})" if letter.to.name else letter.to.number,
            cost=self._sms_cost(letter.segments),
            gateway=self._sms_gateway_name(letter),
        )

    def _sms_cost(self, segments):
        """Return how long a text is, in words, as the counter beside the text counts."""
        text = "".join(segments.parts)
        if segments.count == 1:
            cost = self.env._("%(characters)s characters, 1 part", characters=segments.units)
        else:
            cost = self.env._(
                "%(characters)s characters, %(parts)s parts",
                characters=segments.units,
                parts=segments.count,
            )
        if segments.encoding.name == "gsm7":
            return cost
        foreign = "".join(dict.fromkeys(char for char in text if not gsm.fits(char)))
        shown = foreign[:_MAX_NAMED] + ("…" if len(foreign) > _MAX_NAMED else "")
        return self.env._(
            "%(cost)s (Unicode, because of %(characters)s)", cost=cost, characters=shown
        )

    def _sms_gateway_name(self, letter):
        if letter.gateways:
            return letter.gateways[0].name
        return self.env._("Odoo's own provider")
