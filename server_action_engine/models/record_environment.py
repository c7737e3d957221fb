"""One environment for a batch whose code reads the record at hand from the context."""

import itertools

from odoo.tools.func import reset_cached_properties

from ..core.frames import state_of

_OWNED = "environments"
#: Context key of such an environment; it means nothing outside the batch.
SCOPE_KEY = "server_action_engine_scope"
_serial = itertools.count(1)


class RecordEnvironment:
    """An environment whose ``active_id`` and ``active_ids`` follow the record being processed.

    A new environment per record costs a scan of all environments of the transaction each time,
    which grows with the square of the batch. Environments that are not registered with their
    transaction are unsafe, since cache invalidation does not reach them. So there is one
    registered environment, and its context changes in place from record to record.

    The serial number in the context keeps the environment from being handed out to anybody who
    happens to ask for an equal context.
    """

    def __init__(self, env, model_name):
        self.env = env(
            context={
                **env.context,
                "active_model": model_name,
                "active_id": False,
                "active_ids": [],
                SCOPE_KEY: next(_serial),
            }
        )
        frame = state_of(env.cr).current
        if frame is not None:
            frame.scratch.setdefault(_OWNED, []).append(self.env)

    def switch(self, record_id):
        """Make ``record_id`` the active record."""
        context = self.env.context
        # ``frozendict`` refuses item assignment, its base class does not.
        dict.__setitem__(context, "active_id", record_id)
        dict.__setitem__(context, "active_ids", [record_id] if record_id else [])
        # The cache of fields that depend on the context keys is memoised per environment.
        vars(self.env).pop("_field_cache_memo", None)


def release_environments(frame):
    """Let the environments made for a batch go away with it.

    One that has been asked for its user or company holds on to itself through that record, and
    would be looked at whenever somebody asks for an environment until the next garbage collection;
    so would one derived from it, as the superuser's. Only what they have memoised is dropped; one
    that is still in use works it out again.
    """
    owned = frame.scratch.pop(_OWNED, ())
    if not owned:
        return
    scopes = {env.context[SCOPE_KEY] for env in owned}
    for env in list(owned[0].transaction.envs):
        if env.context.get(SCOPE_KEY) in scopes:
            reset_cached_properties(env)
