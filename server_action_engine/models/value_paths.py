"""Field paths such as ``partner_id.country_id`` as sources of mapped values."""

from ..core import values as core
from ..core.values import LiteralError


def chain_of(model, path):
    """Return the fields a path passes, the last one being the source of the value.

    :param model: empty recordset the path starts from
    :raises LiteralError: the path does not exist
    """
    path = (path or "").strip()
    if not path:
        raise LiteralError("no_path")
    chain = []
    names = path.split(".")
    for position, name in enumerate(names):
        field = model._fields.get(name)
        if field is None:
            raise LiteralError("path_field", value=name, model=model._description, path=path)
        chain.append(field)
        if position < len(names) - 1:
            if not field.relational:
                raise LiteralError("path_stops", value=name, path=path)
            model = model.env[field.comodel_name]
    return chain


def check_fit(chain, target, env):
    """Refuse a path whose values cannot become values of the target field.

    :raises LiteralError: the types or the models differ
    """
    path = ".".join(field.name for field in chain)
    source = chain[-1]
    wanted = target.comodel_name if target.type in ("many2one", *core.MANY_TYPES) else None
    if wanted and (found := _model_of(chain)):
        if found != wanted:
            raise LiteralError(
                "path_model",
                path=path,
                found=env[found]._description,
                model=env[wanted]._description,
            )
        return
    if not core.is_compatible(source.type, target.type):
        raise LiteralError("path_type", path=path, found=source.type, type=target.type)


def reader_of(chain, model):
    """Return a function ``record → value`` that follows the path.

    The rights of the record's environment apply, those on fields too: attribute access alone
    would hand out restricted fields that are in the cache already.

    :raises AccessError: a field on the path is restricted
    """
    *steps, source = chain
    if not model.env.su:
        for field in chain:
            model.env[field.model_name]._check_field_access(field, "read")

    def read(record):
        for step in steps:
            record = record.mapped(step.name)
        if source.relational or len(record) <= 1:
            return record.mapped(source.name) if source.relational else record[source.name]
        found = list(dict.fromkeys(item[source.name] for item in record))
        if len(found) == 1:
            return found[0]
        raise LiteralError("several_values", value=core.shown(", ".join(map(str, found))))

    return read


def _model_of(chain):
    """Return the model of the records a path leads to, None for plain values."""
    if chain[-1].name == "id":
        return chain[-1].model_name
    return chain[-1].comodel_name if chain[-1].relational else None
