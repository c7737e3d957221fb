"""What the database knows about words: labels, names of records, formats of the language."""

from __future__ import annotations

import re
from datetime import date, datetime

from odoo.fields import Date, Datetime
from odoo.tools.i18n import format_list
from odoo.tools.misc import format_date, format_datetime

from ..core.condition_tree import Formula, leaves_of
from ..core.moments import UNITS, relative
from ..core.sentence import FieldWords
from ..core.spoken import spoken, with_article

_REF = re.compile(r"(?:(?:self\.)?env\.)?ref\(\s*['\"]([\w.]+)['\"]\s*\)(?:\.ids?)?\Z")
_USER = frozenset({"uid", "user.id", "env.uid", "env.user.id"})
_TODAY = frozenset(
    {"today", "context_today()", "datetime.date.today()", "context_today().strftime('%Y-%m-%d')"}
)
_NOW = frozenset({"now", "datetime.datetime.now()", "datetime.datetime.utcnow()"})
_RELATIONAL = frozenset({"many2one", "many2many", "one2many", "many2one_reference", "reference"})


class Names:
    """Display names of the records that rules mention, read model by model."""

    def __init__(self, env) -> None:
        # The names belong to the configuration: whoever may read the rule may read what it is
        # about, also where the record itself is of another company.
        self.env = env(su=True)
        self._wanted: dict[str, set[int]] = {}
        self._known: dict[tuple[str, int], str] = {}

    def want(self, model, ids) -> None:
        """Note records whose names will be asked for."""
        self._wanted.setdefault(model, set()).update(ids)

    def name(self, model, res_id) -> str:
        """Return the name of a record, or say that there is none."""
        if (model, res_id) not in self._known:
            self._load(model, {res_id} | self._wanted.pop(model, set()))
        return self._known[model, res_id]

    def _load(self, model, ids):
        records = self.env[model].with_context(active_test=False).browse(sorted(ids))
        found = {record.id: record.display_name for record in records.exists()}
        for res_id in ids:
            self._known[model, res_id] = found.get(res_id) or self.env._(
                "a record that no longer exists (%(id)s)", id=res_id
            )


class RuleWords:
    """The vocabulary of one model (:class:`..core.sentence.Vocabulary`)."""

    def __init__(self, env, model_name, names=None) -> None:
        self.env = env
        self.model_name = model_name
        self.names = names or Names(env)
        self.lang = env.lang or "en_US"

    # -- Vocabulary -------------------------------------------------------------------------------

    def say(self, text, values):
        return self.env._(text, **values)

    def lower(self, label):
        return spoken(label, self.lang)

    def join(self, parts, word):
        return format_list(self.env, parts, "or" if word == "or" else "standard")

    def field(self, path):
        labels = []
        for model, name, field in self._steps(path):
            if name == "id" and model:
                if not labels:
                    labels.append(self.model_label(model))
                return FieldWords(tuple(labels), "many2one")
            labels.append(field.get_description(self.env, ["string"])["string"] if field else name)
        return FieldWords(tuple(labels), field.type if field else "")

    def value(self, path, value):
        if isinstance(value, Formula):
            return self._formula(value.source)
        model, name, field = list(self._steps(path))[-1]
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if isinstance(value, int) and (comodel := _comodel(model, name, field)):
            return self.names.name(comodel, value)
        kind = field.type if field else ""
        if kind == "selection":
            return dict(field._description_selection(self.env)).get(value, str(value))
        if kind in ("date", "datetime") and isinstance(value, str):
            return self._moment(value, kind)
        return self.plain(value)

    # -- more -------------------------------------------------------------------------------------

    def model_label(self, model_name):
        """Return the name of a model as the menu of models shows it."""
        return self.env["ir.model"]._get(model_name).sudo().name or model_name

    def record(self, model_name=None):
        """Return *a lead*."""
        label = self.lower(self.model_label(model_name or self.model_name))
        return with_article(label, self.lang)

    def plain(self, value):
        """Return a value that belongs to no field."""
        if isinstance(value, int | float):
            return self.number(value)
        if isinstance(value, datetime):
            return format_datetime(self.env, value, dt_format="short")
        if isinstance(value, date):
            return format_date(self.env, value)
        return self.env._("“%(text)s”", text=value)

    def number(self, value):
        """Return a number with the separators of the language and no needless digits."""
        text = f"{value:.6f}".rstrip("0") if isinstance(value, float) else str(value)
        digits = len(text.partition(".")[2])
        lang = self.env["res.lang"]._lang_get(self.lang)
        return lang.format(f"%.{digits}f", value, grouping=True)

    def want_names(self, tree):
        """Note the records a filter mentions, so that they are read together."""
        for path, leaf in leaves_of(tree):
            model, name, field = list(self._steps(path))[-1]
            comodel = _comodel(model, name, field)
            values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
            ids = [one for one in values if isinstance(one, int) and not isinstance(one, bool)]
            if comodel and ids:
                self.names.want(comodel, ids)

    # -- helpers ----------------------------------------------------------------------------------

    def _steps(self, path):
        """Yield ``(model name, field name, field or None)`` for each part of a path."""
        model_name = self.model_name
        for name in path.split("."):
            fields = self.env[model_name]._fields if model_name in self.env else {}
            field = fields.get(name)
            yield model_name, name, field
            model_name = field.comodel_name if field is not None and field.relational else ""

    def _moment(self, text, kind):
        moment = relative(text)
        if moment is None:
            return self._fixed_moment(text, kind)
        if not moment.count:
            return self.env._("today") if moment.start == "today" else self.env._("now")
        values = {"count": abs(moment.count), "unit": self.env._(UNITS[moment.unit])}
        if moment.count < 0:
            return self.env._("%(count)s %(unit)s ago", **values)
        return self.env._("%(count)s %(unit)s from now", **values)

    def _fixed_moment(self, text, kind):
        try:
            if kind == "date" or len(text) == 10:
                return format_date(self.env, Date.to_date(text))
            return format_datetime(self.env, Datetime.to_datetime(text), dt_format="short")
        except ValueError:
            return self.plain(text)

    def _formula(self, source):
        if source in _USER:
            return self.env._("the user who makes the change")
        if source in _TODAY:
            return self.env._("today")
        if source in _NOW:
            return self.env._("now")
        if match := _REF.match(source):
            record = self.env.ref(match.group(1), raise_if_not_found=False)
            if record:
                return self.names.name(record._name, record.id)
        return self.env._("the formula “%(formula)s”", formula=source)


def _comodel(model_name, name, field):
    if name == "id":
        return model_name
    if field is not None and field.type in _RELATIONAL:
        return field.comodel_name
    return ""
