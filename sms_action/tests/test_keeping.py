from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.keeping import Within

#: Changes nothing, but writes the row anew.
TOUCH = "UPDATE res_lang SET name = name WHERE code = 'en_US'"


@tagged("post_install", "-at_install")
class TestKeeping(TransactionCase):
    def test_a_note_for_which_somebody_was_quicker_ends_no_transaction(self):
        """Odoo would begin the transaction again, and send again what has left in it."""
        with self.registry.cursor() as mine, self.registry.cursor() as other:
            mine.execute("SELECT count(*) FROM res_lang")
            other.execute(TOUCH)
            other.commit()
            keeping = Within(api.Environment(mine, SUPERUSER_ID, {}))
            done = []
            with mute_logger("odoo.sql_db"):
                keeping.try_to(lambda: done.append(mine.execute(TOUCH)))
            self.assertFalse(done, "the other one was quicker")
            mine.execute("SELECT 1")
            self.assertEqual(mine.fetchone(), (1,))
