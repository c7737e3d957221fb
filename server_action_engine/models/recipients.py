"""Whom the messages of an action go to: sources written by its author, read for a whole batch."""

from odoo import models
from odoo.models import BaseModel

from ..core import recipients as core
from ..core.errors import ConfigurationError
from ..core.recipients import Recipient
from ..core.values import LiteralError
from . import value_paths
from .value_messages import sentence_of

#: Models whose records say in which language and time zone to write to them.
_SPEAKING = ("res.partner", "res.users")


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    # -- what a type of message says about its addresses -------------------------------------

    def _is_address(self, text, medium):
        """Tell whether ``text`` is an address, or a list of them, as it stands.

        :param medium: ``email``, ``sms`` …; the type that sends over it extends this method
        """
        return False

    def _address_field(self, model, medium):
        """Return the field that holds the address of a record of ``model``, or an empty string."""
        return ""

    def _address_text(self, record, name, medium):
        """Return the address of a record as it is written there.

        :param name: what :meth:`_address_field` says for its model
        """
        return record[name]

    # -- configuration -------------------------------------------------------------------------

    def _recipient_sources(self, text, medium):
        """Return the sources a text names (see :func:`~..core.recipients.parse_sources`)."""
        model = self.env.get(self.model_id.model or "")
        return core.parse_sources(
            text,
            lambda part: self._is_address(part, medium),
            lambda path: model is not None and self._leads_to_address(model, path, medium),
        )

    def _leads_to_address(self, model, path, medium):
        try:
            chain = value_paths.chain_of(model, path)
        except LiteralError:
            return False
        return chain[-1].type in ("char", "text") or bool(
            chain[-1].relational and self._address_field(self.env[chain[-1].comodel_name], medium)
        )

    def _recipients_problem(self, text, medium):
        """Return what is wrong with a text that says whom to write to, or an empty string."""
        for source in self._recipient_sources(text, medium):
            if source.kind == core.FOLLOWERS and not self.model_id.is_mail_thread:
                return self.env._("%(model)s has no followers.", model=self.model_id.name)
            if source.kind == core.TEMPLATE and (problem := self._template_problem(source.value)):
                return problem
            if source.kind == core.EXPRESSION and (problem := self._entry_problem(source, medium)):
                return problem
        return ""

    def _entry_problem(self, source, medium):
        """Return what is wrong with an entry that is no address and no path, or ""."""
        if path := core.path_of(source.value):
            model = self.env.get(self.model_id.model or "")
            try:
                chain = value_paths.chain_of(model, path) if model is not None else ()
            except LiteralError as error:
                first = path.partition(".")[0]
                # A name of the evaluation, such as ``user.email``, may stand alone.
                return "" if first in self._get_eval_context(self) else sentence_of(self.env, error)
            if chain:
                return self.env._(
                    "“%(path)s” leads to no address: choose a text field, or a link to contacts.",
                    path=path,
                )
        if problem := self._check_source(source.value):
            return self.env._(
                "“%(text)s” is neither an address nor a field nor an expression (%(problem)s).",
                text=source.text,
                problem=problem,
            )
        return ""

    # -- running -------------------------------------------------------------------------------

    def _recipient_finder(self, text, medium, records, scope_of, env):
        """Return a function ``record → list of Recipient`` for the sources of a text.

        The number of SQL statements does not depend on the number of records.

        :param records: all records it will be called for, whose fields are read together
        :param scope_of: function ``record → names`` for expressions (see ``_scope_maker``)
        :param env: environment that says whose rights apply to what is read
        :raises ConfigurationError: a source cannot be used on this model
        """
        readers = [
            getattr(self, f"_reader_of_{source.kind}")(source, medium, records, scope_of, env)
            for source in self._recipient_sources(text, medium)
        ]

        def find(record):
            found = (recipient for read in readers for recipient in read(record))
            return list(core.first_of_each(found))

        return find

    def _reader_of_literal(self, source, medium, records, scope_of, env):
        recipients = [Recipient(source.value, source.text)]
        return lambda record: recipients

    def _reader_of_path(self, source, medium, records, scope_of, env):
        *steps, last = value_paths.chain_of(self.env[self.model_id.model], source.value)
        if not env.su:
            for field in (*steps, last):
                env[field.model_name]._check_field_access(field, "read")

        def read(record):
            for step in steps:
                record = record.mapped(step.name)
            if last.relational:
                yield from self._recipients_of(record.mapped(last.name), medium, source.text)
                return
            for holder in record:
                yield _recipient(holder, holder[last.name], source.text)

        return read

    def _reader_of_expression(self, source, medium, records, scope_of, env):
        what = self.env._("address “%(text)s”", text=source.text)

        def read(record):
            value = self._evaluate(source.value, scope_of(record), what=what)
            yield from self._recipients_in(value, medium, source.text)

        return read

    def _reader_of_template(self, source, medium, records, scope_of, env):
        return lambda record: [
            Recipient(self._merge_template(source.value, scope_of(record)), source.text)
        ]

    def _reader_of_followers(self, source, medium, records, scope_of, env):
        if not self.model_id.is_mail_thread:
            raise ConfigurationError(
                self.env._(
                    "The action “%(action)s” writes to the followers, but %(model)s has none.",
                    action=self.name,
                    model=self.model_id.name,
                )
            )
        # Following a record and reading its followers' addresses are two rights; whoever sets the
        # action up decides for the second, as with stock's notifications.
        found = (
            self.env["mail.followers"]
            .sudo()
            ._read_group(
                [("res_model", "=", self.model_id.model), ("res_id", "in", records.ids)],
                ["res_id"],
                ["partner_id:recordset"],
            )
        )
        followers = dict(found)

        def read(record):
            partners = followers.get(record.id, self.env["res.partner"]).filtered("active")
            return self._recipients_of(partners, medium, source.text)

        return read

    def _recipients_in(self, value, medium, origin):
        """Yield the recipients in whatever an expression gave: records, texts, lists of them."""
        if isinstance(value, BaseModel):
            yield from self._recipients_of(value, medium, origin)
        elif isinstance(value, list | tuple | set | frozenset):
            for item in value:
                yield from self._recipients_in(item, medium, origin)
        else:
            yield Recipient("" if value in (None, False) else str(value), origin)

    def _recipients_of(self, records, medium, origin):
        """Yield one recipient for each record that stands for somebody."""
        name = self._address_field(records, medium)
        if records and not name:
            raise ConfigurationError(
                self.env._(
                    "“%(origin)s” in the action “%(action)s” leads to %(model)s, which has no "
                    "address. Add the field that holds it.",
                    origin=origin,
                    action=self.name,
                    model=records._description,
                )
            )
        for record in records:
            yield _recipient(record, self._address_text(record, name, medium), origin)


def _recipient(record, text, origin):
    """Return who is found on a record."""
    text = text or ""
    if record._name not in _SPEAKING:
        return Recipient(text, origin, "", record._name, record.id)
    return Recipient(
        text, origin, record.name or "", record._name, record.id, record.lang or "", record.tz or ""
    )
