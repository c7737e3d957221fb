"""One mapped value of an action: a field of the target model and where its value comes from."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import value_records as named
from ..core import values as core
from ..core.values import LiteralError
from . import value_paths
from .value_messages import sentence_of
from .value_typing import ADD, CLEAR, REMOVE, SET, FieldTyper

#: Fields Odoo itself fills.
_MAGIC_FIELDS = frozenset({"id", "display_name", *models.MAGIC_COLUMNS})


class ServerActionValue(models.Model):
    _name = "server.action.value"
    _description = "Mapped Value of a Server Action"
    _order = "action_id, sequence, id"
    _rec_name = "field_name"
    _allow_sudo_commands = False

    action_id = fields.Many2one(
        "ir.actions.server", string="Action", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    # Not a cascade: a field that goes away with its addon must leave a trace, or the action
    # would silently do less than its author thinks.
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        ondelete="set null",
        index=True,
        help="The field of the target model that gets the value.",
    )
    field_name = fields.Char(compute="_compute_field_name", store=True)
    value_type = fields.Selection(
        [
            ("value", "Value"),
            ("path", "Field of the Record"),
            ("template", "Text with Fields"),
            ("equation", "Equation"),
            ("reference", "External ID"),
            ("sequence", "Sequence"),
        ],
        string="Type",
        default="value",
        required=True,
        help="Value: what you type or choose, the same for all records.\n"
        "Field of the Record: copied from the record the action runs on, or from one it leads to.\n"
        "Text with Fields: a text with [[ object.name ]] or {{ object.name }} in it.\n"
        "Equation: a Python expression, such as record.amount * 0.05.\n"
        "External ID: a record by its technical name, such as base.us.\n"
        "Sequence: the next number of a sequence, one per record.",
    )
    value = fields.Text()
    operation = fields.Selection(
        [(ADD, "Add"), (SET, "Replace by"), (REMOVE, "Remove"), (CLEAR, "Remove All")],
        default=ADD,
        required=True,
        help="For fields that hold several records: what happens with those of the value.",
    )

    # For the form
    field_ttype = fields.Selection(related="field_id.ttype", string="Field Type")
    field_relation = fields.Char(related="field_id.relation", string="Related Model")
    field_selection = fields.Json(compute="_compute_field_selection")
    source_model = fields.Char(related="action_id.model_name")
    value_label = fields.Char(compute="_compute_value_label", string="Value in Words")

    # -- computed ---------------------------------------------------------------------------------

    @api.depends("field_id")
    def _compute_field_name(self):
        for line in self:
            # Kept when the field is gone, to say which one it was.
            line.field_name = line.field_id.name or line.field_name

    @api.depends("field_id")
    def _compute_field_selection(self):
        for line in self:
            field = line._known_field()
            line.field_selection = (
                field._description_selection(line.env)
                if field is not None and field.type == "selection"
                else False
            )

    @api.depends("field_id", "value_type", "value", "operation", "action_id.model_id")
    def _compute_value_label(self):
        for line in self:
            try:
                line.value_label = line._in_words()
            except LiteralError:
                line.value_label = line.value

    @api.onchange("field_id")
    def _onchange_field_id(self):
        field = self._known_field()
        if field is None:
            return
        if self.value_type == "value":
            self.value = "true" if field.type == "boolean" else False
        if field.type not in core.MANY_TYPES:
            self.operation = ADD

    @api.onchange("value_type")
    def _onchange_value_type(self):
        # What one type holds is nonsense to the others, and would be refused when saved.
        if self.value_type != self._origin.value_type:
            self.value = "true" if self._is_yes_no() else False

    def _is_yes_no(self):
        return self.value_type == "value" and self.field_ttype == "boolean"

    # -- validation -------------------------------------------------------------------------------

    @api.constrains("action_id", "field_id", "value_type", "value", "operation")
    def _check_value(self):
        for line in self:
            if problem := line._problem():
                raise ValidationError(line._named(problem))

    def _named(self, problem):
        """Return a problem as a sentence that names the field and the action."""
        return self.env._(
            "The value of “%(field)s” in the action “%(action)s” cannot be used: %(problem)s",
            field=self._label(),
            action=self.action_id.name or self.env._("new action"),
            problem=problem,
        )

    def _label(self):
        if self.field_id:
            return self.field_id.field_description
        return self.field_name or self.env._("a field that no longer exists")

    def _problem(self):
        """Return what is wrong with the line, or an empty string."""
        self.ensure_one()
        if not self.field_id:
            if self.field_name:
                return self.env._(
                    "the field “%(name)s” no longer exists. Remove the line or choose another "
                    "field.",
                    name=self.field_name,
                )
            return self.env._("choose a field.")
        return self._field_problem() or self._value_problem()

    def _field_problem(self):
        target = self.action_id._mapping_model()
        field = self._known_field()
        if target is None:
            return self.env._("the action does not say which model it changes.")
        if field is None or self.field_id.model != target._name:
            return self.env._(
                "it is not a field of %(model)s, which the action changes.",
                model=target._description,
            )
        if field.name in _MAGIC_FIELDS:
            return self.env._("Odoo fills this field itself.")
        if field.type in core.REFUSED_TYPES:
            return sentence_of(self.env, LiteralError("refused_type", type=field.type))
        if field.compute and not field.inverse and field.readonly:
            return self.env._("Odoo computes this field; it cannot be set.")
        return ""

    def _value_problem(self):
        if self.operation == CLEAR and self.field_ttype in core.MANY_TYPES:
            return ""
        try:
            check = getattr(self, f"_problem_of_{self.value_type}")
            return check(self._typer()) or ""
        except LiteralError as error:
            return sentence_of(self.env, error)

    def _problem_of_value(self, typer):
        typer.from_text(self.value)

    def _problem_of_equation(self, typer):
        if not (self.value or "").strip():
            return self.env._("write an expression, such as record.name.")
        return self.action_id._check_source(self.value)

    def _problem_of_template(self, typer):
        return self.action_id._template_problem(self.value or "", html=typer.field.type == "html")

    def _problem_of_path(self, typer):
        value_paths.check_fit(self._chain(), typer.field, self.env)

    def _problem_of_reference(self, typer):
        typer.from_references(self.value)

    def _problem_of_sequence(self, typer):
        if typer.field.type not in core.TEXT_TYPES | {"integer"}:
            raise LiteralError("sequence_type", type=typer.field.type)
        self._find_sequence()

    # -- helpers ----------------------------------------------------------------------------------

    def _known_field(self):
        """Return the field object, None when the registry does not have it."""
        if not self.field_id or self.field_id.model not in self.env:
            return None
        return self.env[self.field_id.model]._fields.get(self.field_id.name)

    def _typer(self, env=None):
        """Return what turns texts and results into values of the line's field.

        :param env: environment of the run, whose user says the time zone
        """
        env = (env or self.env)(su=True)
        return FieldTyper(env, self._known_field(), self.operation)

    def _chain(self):
        if not self.source_model:
            # A new action whose model is not chosen yet.
            raise LiteralError("no_path")
        return value_paths.chain_of(self.env[self.source_model], self.value)

    def _find_sequence(self):
        """Return ``(sequence, code)``: a sequence record, or the code of sequences per company.

        :raises LiteralError: there is none
        """
        Sequence = self.env["ir.sequence"].sudo()
        text = (self.value or "").strip()
        token = named.parse_token(text)
        if token is None:
            raise LiteralError("no_sequence", value="")
        if token.res_id and Sequence.browse(token.res_id).exists():
            return Sequence.browse(token.res_id), None
        if token.external_id:
            record = self.env.ref(token.external_id, raise_if_not_found=False)
            if record and record._name == Sequence._name:
                return record.sudo(), None
        if Sequence.search_count([("code", "=", text)], limit=1):
            return None, text
        raise LiteralError("no_sequence", value=core.shown(text))

    def _in_words(self):
        """Return the value as people read it."""
        field = self._known_field()
        if field is None:
            return self.value
        if field.type in core.MANY_TYPES:
            words = dict(self._fields["operation"]._description_selection(self.env))
            if self.operation == CLEAR:
                return words[CLEAR]
            return f"{words[self.operation]}: {self._source_in_words(field) or ''}"
        return self._source_in_words(field)

    def _source_in_words(self, field):
        if self.value_type == "path":
            return " › ".join(step.get_description(self.env)["string"] for step in self._chain())
        if self.value_type == "sequence":
            sequence, code = self._find_sequence()
            return code or sequence.display_name
        if self.value_type != "value" or not self.value:
            return self.value
        if field.type == "boolean":
            return self.env._("Yes") if self._typer().from_text(self.value) else self.env._("No")
        if field.type == "selection":
            options = dict(field._description_selection(self.env))
            return options.get(self._typer().from_text(self.value), self.value)
        if field.type == "many2one":
            found = self._typer().find(named.parse_token(self.value))
            return found.display_name if found else self.value
        if field.type in core.MANY_TYPES:
            tokens, commands = named.parse_many(self.value)
            typer = self._typer()
            names = [typer.find(token).display_name or "" for token in tokens]
            return self.value if commands else ", ".join(names)
        return self.value
