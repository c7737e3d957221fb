"""Words of the core as people read them."""

from ..core import constants as words
from ..core.semantics import pulse

#: Why something happened, and why a signal did not.
REASONS = [
    (pulse.SIGNAL, "Signal"),
    (pulse.STEP, "Change of the record"),
    (pulse.TRIGGER, "Watched record"),
    (pulse.BEGIN, "Start"),
    (pulse.CHAIN, "Went on"),
    (pulse.TIMER, "Timer"),
    (pulse.CHILD, "Subflow"),
    (pulse.SENT, "Signal of a subflow"),
    (pulse.JUMPED, "By hand"),
    (words.STOPALL, "Stop All"),
    (words.NO_INSTANCE, "Not in the workflow"),
    (words.INACTIVE, "No longer active"),
    (words.ROLE, "Missing role"),
    (words.CONDITION, "Condition not met"),
    (words.SPLIT, "Others of the And split did not pass"),
    (words.PRIORITY, "Another transition came first"),
    (words.BUSY, "Busy"),
    (words.NO_TOKEN, "No activity waits for it"),
]


def refusal_text(env, reason):
    """Return one sentence for the user whose signal was refused."""
    texts = {
        words.NO_INSTANCE: env._("The record is in no workflow that could take this signal."),
        words.INACTIVE: env._("The workflow of the record has ended."),
        words.ROLE: env._("You do not have the role or group that this step asks for."),
        words.CONDITION: env._("The condition of this step is not met."),
        words.SPLIT: env._("Other conditions that have to hold at the same time do not."),
        words.PRIORITY: env._("Another transition came first."),
        words.BUSY: env._("The record waits for a subflow, or for a retry after an error."),
        words.NO_TOKEN: env._("No present activity of the record waits for this signal."),
    }
    return texts[reason]
