"""What mail keeps of a change until the commit holds nothing of the rules around it.

For each write of a record whose changes are told in its chatter, Odoo keeps a callback with the
record, and so its environment. In a chain of events each has an environment of its own, with the
values before the change in it. A transaction that writes ten thousand times would keep as many, and
Odoo looks through all of them whenever one is asked for.
"""

from odoo import models

from .environments import ActionDone
from .old_values import OLD_MODEL_KEY

#: Key in ``cr.precommit.data``, which Odoo empties together with the callbacks.
_CHAIN = "base_automation_ext.tracking"
#: What is said of one event, or of one run of an action.
_OF_ONE_EVENT = frozenset(
    {
        "__action_feedback",
        "active_id",
        "active_ids",
        "active_model",
        "changed_fields",
        "domain_post",
        "old_values",
        OLD_MODEL_KEY,
    }
)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _track_prepare(self, fields_iter):
        """Keep the callback in an environment all chains of events have in common.

        Odoo keeps one per write, and only the first one finds anything to do: what the others
        know of their chains is never asked for.
        """
        if "__action_done" not in self.env.context:
            return super()._track_prepare(fields_iter)
        common = self.env.cr.precommit.data.setdefault(_CHAIN, ActionDone())
        context = {
            key: value for key, value in self.env.context.items() if key not in _OF_ONE_EVENT
        }
        bare = self.with_env(self.env(context={**context, "__action_done": common}))
        return super(MailThread, bare)._track_prepare(fields_iter)
