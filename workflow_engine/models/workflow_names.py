"""The names that expressions of definitions know beside fields and methods of the record."""

from odoo.exceptions import UserError
from odoo.tools import safe_eval

from odoo.addons.server_action_engine.models.evaluation import _BUILTINS, _Pool

#: Names beside those of the record, made when they are asked for.
NAMES = {
    "record": lambda record: record,
    "object": lambda record: record,
    "obj": lambda record: record,
    "self": lambda record: record,
    "uid": lambda record: record.env.uid,
    "user": lambda record: record.env.user,
    "context": lambda record: dict(record.env.context),
    "cr": lambda record: record.env.cr,
    "pool": lambda record: _Pool(record.env),
    "ref": lambda record: record.env.ref,
    "time": lambda record: safe_eval.time,
    "datetime": lambda record: safe_eval.datetime,
    "dateutil": lambda record: safe_eval.dateutil,
    "UserError": lambda record: UserError,
    "Warning": lambda record: UserError,
}
#: Names of the run; they need the rows of the instance.
RUN_NAMES = frozenset({"workflow", "instance", "token"})
#: Names whose meaning no change of the record changes.
CONSTANT_NAMES = RUN_NAMES | _BUILTINS.keys() | {
    "uid", "user", "context", "time", "datetime", "dateutil", "UserError", "Warning",
}  # fmt: skip
