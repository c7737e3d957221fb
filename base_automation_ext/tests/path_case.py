"""Builders for the tests of triggers that look beyond the record."""

from .common import RuleCase


class PathCase(RuleCase):
    """Contacts of a company are the lines, their company is the record, or the other way round."""

    def fired(self, records):
        """Return which records the rule has run on, and forget."""
        self.env.flush_all()
        found = [record.ref == "hit" for record in records]
        records.with_context(automation_skip=True).write({"ref": False})
        return found

    def assertFires(self, records, change, expected=True):
        """Assert that ``change()`` makes the rule run on all ``records``, or on none."""
        self.fired(records)
        change()
        self.assertEqual(self.fired(records), [expected] * len(records))

    def make_families(self, count, contacts, **vals):
        """Create companies with contacts; return both."""
        companies = self.env["res.partner"].create(
            [
                {
                    "name": f"Company {number}",
                    "is_company": True,
                    "child_ids": [
                        (0, 0, {"name": f"Contact {number}.{at}", **vals}) for at in range(contacts)
                    ],
                }
                for number in range(count)
            ]
        )
        self.env.flush_all()
        return companies, companies.child_ids

    def make_trees(self, count, branches):
        """Create tags below tags, a model whose own methods cost the same for any number."""
        return self.env["res.partner.category"].create(
            [
                {
                    "name": f"Tree {number}",
                    # The default colour is a random one.
                    "child_ids": [
                        (0, 0, {"name": f"{number}.{at}", "color": 5}) for at in range(branches)
                    ],
                }
                for number in range(count)
            ]
        )

    def cost_of(self, change, records, runs, fired):
        """Return how many SQL statements a change costs more than without the rules.

        :param change: called with records to change and a number, to change them to
        :param runs: list of :meth:`count_runs`
        :param fired: the records the rule has to run on, at once
        """
        skipping = records.with_context(automation_skip=True)
        alone = self.cold_queries_of(lambda: change(skipping, 1))
        runs.clear()
        ruled = self.cold_queries_of(lambda: change(records, 2))
        self.assertEqual([sorted(ids) for ids in runs], [sorted(fired.ids)])
        return ruled - alone

    def cold_queries_of(self, function):
        """Return the number of SQL statements when nothing has been read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        # Environments remember their user and company as long as they live. Without this, whether
        # one has to read them again would depend on when the garbage collector came by.
        self.env.user.company_id.fetch(["name"])
        return self.queries_of(function)

    def count_runs(self, rule):
        """Let the rule count how often it runs, and return the list of the ids of each run."""
        runs = self.env.cr.__dict__.setdefault("base_automation_ext_test_runs", [])
        runs.clear()
        rule.action_server_ids.write(
            {
                "state": "code",
                "code_scope": "batch",
                "code": "env.cr.base_automation_ext_test_runs.append(records.ids)",
            }
        )
        return runs
