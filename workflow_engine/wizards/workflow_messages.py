"""What the import of workflows says, by code."""


def _lt(text):
    """Mark ``text`` for translation; it is translated when it is shown."""
    return text


#: Sentences of the report; the codes of the import of actions are elsewhere.
WORKFLOW_REMARKS = {
    "wkf_workflow": _lt(
        "Workflow “%(name)s” on %(model)s, with %(activities)s activities and %(transitions)s "
        "transitions; it starts with the next new record."
    ),
    "wkf_role": _lt("Role “%(name)s”. Say who holds it in Workflows / Roles."),
    "wkf_model_renamed": _lt("%(old)s is called %(new)s here."),
    "wkf_missing_model": _lt(
        "The model %(model)s does not exist here. Map it: %(model)s = new.model"
    ),
    "wkf_missing_part": _lt("It belongs to %(target)s, which is not here; it is left out with it."),
    "wkf_missing_guard": _lt(
        "%(target)s, which may take this transition, does not exist here. Nobody may take it "
        "until the role “%(role)s” has holders. Or map it: %(target)s = module.group"
    ),
    "wkf_missing_reference": _lt(
        "%(field)s: %(target)s does not exist here and is left empty. Map it: "
        "%(target)s = module.name"
    ),
    "wkf_unknown_field": _lt("The field “%(field)s” is not known."),
    "wkf_not_evaluated": _lt("The value of “%(field)s” cannot be read: %(source)s"),
    "wkf_python": _lt("%(field)s was brought up to date: %(source)s"),
    "wkf_python_problem": _lt("%(field)s cannot run as it is, write it anew: %(problem)s"),
    "wkf_signal": _lt("The signal “%(signal)s” was sent to %(target)s."),
    "wkf_signal_refused": _lt(
        "The signal “%(signal)s” was sent to %(target)s and refused: %(reason)s"
    ),
    "wkf_signal_missing": _lt(
        "The signal “%(signal)s” was not sent: %(target)s does not exist here."
    ),
    "wkf_button": _lt("In the view %(view)s write %(new)s"),
    "wkf_refused": _lt("%(reason)s"),
}
