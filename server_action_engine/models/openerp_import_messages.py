"""The sentences of an import report, one per code of ``core.openerp_import``."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

FILE_ERRORS = {
    "empty": _lt("The file is empty."),
    "too_large": _lt("The file is larger than %(detail)s MB. Split it."),
    "too_many_records": _lt("The file has more than %(detail)s records. Split it."),
    "entities": _lt(
        "The file declares the XML entity “%(detail)s” (line %(line)s). Files with entities are "
        "refused, because they can be made to fill the memory or to read other files."
    ),
    "not_xml": _lt("The file is not valid XML (line %(line)s): %(detail)s"),
    "wrong_root": _lt(
        "The file is no data file: it starts with <%(detail)s> instead of <openerp>, <odoo> or "
        "<terp>."
    ),
}

REMARKS = {
    # understood
    "action": _lt("“%(name)s” (%(old_type)s) on %(model)s becomes “%(new_type)s”."),
    "bound": _lt("Shown in the Action menu of its model: %(action)s."),
    "value": _lt("The value of %(field)s (%(line_type)s): %(value)s"),
    # changed
    "child_copied": _lt(
        "The child %(child)s is shared by several actions: this one gets a copy of its own."
    ),
    "model_renamed": _lt("The model %(old)s is called %(new)s now."),
    "field_renamed": _lt("The field %(old)s is called %(new)s now (%(model)s)."),
    "text_renamed": _lt("%(field)s uses the present names of fields: %(source)s"),
    "text_repaired": _lt("%(field)s was written for Python 2 and is now: %(source)s"),
    "child_model": _lt(
        "The child %(child)s ran on %(old)s; as part of this action it runs on %(new)s."
    ),
    "child_groups": _lt("The child %(child)s gets the groups of this action."),
    "multi_result": _lt(
        "Several of its actions open something. As in OpenERP, the user sees the first."
    ),
    "sequence_unknown": _lt("The sequence “%(value)s” is no number; 5 is used."),
    # left out
    "kept_as_comment": _lt(
        "“%(name)s” (%(old_type)s) does nothing for now: %(reason)s Its definition is kept as a "
        "comment."
    ),
    "not_ready": _lt("“%(name)s” is not ready to run: %(warning)s"),
    "other_model": _lt("%(model)s is no server action."),
    "other_tag": _lt("<%(tag)s> is no record."),
    "wizard_record": _lt(
        "The wizard “%(name)s” of OpenERP has no successor. Map its external id to a window to "
        "use that instead."
    ),
    "wizard_target": _lt(
        "It opens the OpenERP wizard %(target)s, which does not exist any more. Choose another "
        "action, or map it: %(target)s=module.action"
    ),
    "missing_target": _lt(
        "The action to open, %(target)s, does not exist here. Map it: %(target)s=module.action"
    ),
    "unknown_field": _lt("The field “%(field)s” is not known."),
    "not_evaluated": _lt("The value of “%(field)s” cannot be read: %(source)s"),
    "unknown_command": _lt("A part of “%(field)s” cannot be read."),
    "missing_line": _lt("The value %(name)s is not in the file."),
    "line_without_action": _lt("This value belongs to no action of the file."),
    "child_cycle": _lt("The child %(child)s leads back to this action."),
    "too_many_copies": _lt(
        "The child %(child)s is left out: the shared children of this file would need more than "
        "a thousand copies."
    ),
    "missing_child": _lt("The child %(child)s does not exist."),
    "child_refused": _lt("The child %(child)s cannot be part of this action: %(reason)s"),
    "missing_loop_action": _lt("The action of the loop, %(target)s, does not exist."),
    "refused": _lt("%(reason)s"),
    "missing_group": _lt("The group %(group)s does not exist; everybody may run the action."),
    "missing_path": _lt(
        "%(field)s uses object.%(path)s, which %(model)s does not have. If it was renamed, map "
        "it: %(hint)s=…"
    ),
    "group_left_out": _lt("The groups cannot be read."),
}

#: Why a definition is kept as a comment.
REASONS = {
    "missing_model": _lt("the model %(model)s does not exist here. Map it: %(model)s=new.model"),
    "missing_type": _lt(
        "the type “%(old_type)s” needs the addon %(addon)s, which is not installed."
    ),
    "unknown_type": _lt("the type “%(old_type)s” is not known."),
    "missing_field": _lt(
        "the field %(field)s does not exist on %(model)s. Map it: %(hint)s=new_field"
    ),
    "value_unreadable": _lt("the value of the field %(field)s cannot be read: %(source)s"),
    "syntax": _lt("%(field)s is not valid Python: %(detail)s"),
    "old_api": _lt("%(field)s uses the programming interface of OpenERP (%(detail)s)."),
    "old_names": _lt("%(field)s uses %(detail)s, which Python 3 does not have."),
    "imports": _lt("%(field)s imports something (%(detail)s), which actions may not."),
    "same_id": _lt(
        "it wrote on %(model)s the record that happens to have the same number, which nobody "
        "means. Give the record to write on."
    ),
    "missing_copy": _lt("the record to duplicate, %(target)s, does not exist here."),
    "refused": _lt("%(reason)s"),
}


def sentence(env, table, code, data):
    """Return a message in the user's language.

    :param table: one of the tables above
    """
    text = str(env._(table[code]))
    return text % data if data else text.replace("%%", "%")
