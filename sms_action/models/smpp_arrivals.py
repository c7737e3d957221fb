"""Stores what SMPP gateways deliver. They forget a report once they hear that it is kept."""

import contextlib
import logging
import time

import psycopg2

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)
_TRIES = 5
#: Longest wait for rows somebody else is changing; the gateway delivers again what is not kept.
_LOCK_TIMEOUT = "3s"


class Arrivals:
    """Takes what came together, in a transaction of its own; True for what is safe now.

    The session is held by somebody in the middle of a transaction, who must not lose the reports
    if it fails, nor may they wait for its end.
    """

    def __init__(self, database, gateway_id, turns=None):
        """Prepare.

        :param turns: a lock of those who write the gateway's messages; None: there is nobody else
        """
        self._database = database
        self._gateway_id = gateway_id
        self._turns = turns or contextlib.nullcontext()

    def __call__(self, arrivals):
        # A report nobody can read is kept by nobody, and would come again for ever.
        wanted = [one for one in arrivals if one.receipt or not one.is_report]
        self._log_others(len(arrivals) - len(wanted))
        if not wanted or self._keep(wanted):
            return [True] * len(arrivals)
        # One of them may be to blame.
        return [one not in wanted or self._keep([one]) for one in arrivals]

    def _keep(self, arrivals):
        for number in range(1, _TRIES + 1):
            try:
                self._store(arrivals)
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                # Others were in the way, or the database is away.
                _logger.info("What gateway %s delivers waits: %s", self._gateway_id, error)
                time.sleep(0.05 * number)
            except Exception:
                _logger.exception(
                    "Reports or messages of the SMS gateway %s could not be stored; the gateway is "
                    "told to deliver them again",
                    self._gateway_id,
                )
                return False
            else:
                return True
        _logger.warning(
            "Reports or messages of the SMS gateway %s were not stored: the database is not to be "
            "had. The gateway is told to deliver them again",
            self._gateway_id,
        )
        return False

    def _store(self, arrivals):
        receipts = [one.receipt for one in arrivals if one.receipt]
        messages = [one.received for one in arrivals if not one.receipt]
        with self._turns, Registry(self._database).cursor() as cr:
            cr.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])
            env = api.Environment(cr, SUPERUSER_ID, {})
            # The gateway's clock is of no known time zone.
            now = fields.Datetime.now()
            env["sms.message"]._apply_reports(
                [(self._gateway_id, one.provider_id, one.state, one.error, now) for one in receipts]
            )
            env["sms.incoming"]._take(self._gateway_id, messages)
            env["sms.message"]._checkpoint("reports.storing")
        env["sms.message"]._checkpoint("reports.stored")

    def _log_others(self, count):
        if count:
            # Who wrote, and what, is nobody's business in a log.
            _logger.warning(
                "The SMS gateway %s delivered %s reports that cannot be used; they are left aside",
                self._gateway_id,
                count,
            )
