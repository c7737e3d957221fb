"""The cases by name; a new one is a file here and a line below."""

from . import (
    code_22_lines,
    email_action,
    gate,
    mail_rule,
    not_matching,
    other_field,
    rule_code,
    rule_create,
    rule_load,
    rule_memory,
    rule_save,
    rule_update,
    run_code,
    run_create,
    run_log,
    run_write,
    timed_calendar,
    timed_rule,
    workflow_hop,
    workflow_many,
)

_FILES = (
    not_matching,
    other_field,
    gate,
    rule_code,
    rule_update,
    rule_create,
    rule_memory,
    rule_save,
    rule_load,
    code_22_lines,
    timed_rule,
    timed_calendar,
    mail_rule,
    email_action,
    run_code,
    run_write,
    run_create,
    run_log,
    workflow_hop,
    workflow_many,
)

CASES = {case.name: case for file in _FILES for case in file.CASES}
