"""Why a path, or a computed field, cannot be watched, in words for the author of the rule."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: Reason of :class:`~..core.triggers.path_resolver.PathError` → sentence.
MESSAGES = {
    "unknown": _lt("%(model)s has no field “%(field)s”."),
    "own_field": _lt(
        "“%(field)s” is a field of the record itself. Use the trigger “Field changes”."
    ),
    "no_link": _lt("“%(field)s” of %(model)s leads to no other record, so nothing can follow it."),
    "no_lines": _lt("“%(field)s” of %(model)s holds no lines."),
    "lines_of_lines": _lt(
        "“%(field)s” of %(model)s holds lines of its own, which are not watched from here."
    ),
    "no_inverse": _lt(
        "The lines in “%(field)s” of %(model)s do not store which record they belong to, so nobody "
        "can tell whose lines change."
    ),
    "not_stored": _lt(
        "“%(field)s” of %(model)s is computed whenever it is read, so no change of it can be "
        "noticed here. Choose a stored field."
    ),
    "is_stored": _lt("“%(field)s” of %(model)s is stored. Use the trigger “Field changes”."),
    "unreadable": _lt(
        "“%(field)s” of %(model)s holds files or properties, which cannot be compared."
    ),
    "silent": _lt("“%(field)s” of %(model)s is set by Odoo itself, and nobody is told."),
    "recursive": _lt(
        "“%(field)s” of %(model)s depends on the same field of other records, which depends on "
        "others in turn: there is no end to what would have to be watched."
    ),
    "no_dependencies": _lt(
        "“%(field)s” of %(model)s does not say which fields it is computed from, so nobody can "
        "tell when its value changes."
    ),
    "context": _lt(
        "“%(field)s” of %(model)s has another value for each user, language or view, so it has no "
        "value of its own that could change."
    ),
    "not_searchable": _lt(
        "It cannot be found out which records lead to a given one through “%(field)s” of "
        "%(model)s, because that field is neither stored nor searchable."
    ),
}


def sentence_of(env, error):
    """Return what a ``PathError`` says, in the language of ``env``."""
    model = env["ir.model"]._get(error.model)
    field = env["ir.model.fields"]._get(error.model, error.name)
    # A lazy text takes no values; they are filled in afterwards.
    return env._(MESSAGES[error.reason]) % {  # pylint: disable=translation-not-lazy
        "field": field.field_description or error.name,
        "model": model.name or error.model,
    }
