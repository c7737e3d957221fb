"""``website`` lets code actions answer requests, and overrides how code is run."""

from odoo.tests import HttpCase, tagged

from odoo.addons.base_automation_ext.tests.common import RuleCase


class WebsiteActionMixin:
    def make_page(self, code, **vals):
        """Create a published code action."""
        return self.env["ir.actions.server"].create(
            {
                "name": "Page",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
                "code": code,
                "website_published": True,
                "website_path": "automation_page",
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestWebsitePage(WebsiteActionMixin, HttpCase):
    def test_published_code_answers_the_request(self):
        """What the code puts into ``response`` reaches the visitor, and the run is in the log."""
        for scope in (False, "record", "batch"):
            page = self.make_page(
                "response = request.make_response('Hello ' + request.params['who'])",
                code_scope=scope,
            )
            answer = self.url_open("/website/action/automation_page?who=you")
            self.assertEqual((answer.status_code, answer.text), (200, "Hello you"), scope)
            self.assertEqual(page.run_count, 1)
            page.unlink()

    def test_unpublished_code_is_not_run(self):
        page = self.make_page("raise UserError('run')", website_published=False)
        answer = self.url_open(f"/website/action/{page.id}", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(page.run_count, 0)

    def test_rules_run_for_what_a_page_writes(self):
        """A visitor's request that changes a record is a change like any other."""
        rule = self.env["base.automation"].create(
            {
                "name": "On change",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "trigger": "on_create",
                "filter_domain": "[('name', '=', 'Visitor')]",
            }
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": rule.model_id.id,
                "base_automation_id": rule.id,
                "state": "code",
                "code": "record['ref'] = 'seen'",
            }
        )
        self.make_page(
            "partner = env['res.partner'].sudo().create({'name': 'Visitor'})\n"
            "response = request.make_response(partner.ref)"
        )
        self.assertEqual(self.url_open("/website/action/automation_page").text, "seen")


@tagged("post_install", "-at_install")
class TestWebsiteRule(RuleCase):
    def test_code_of_a_rule_without_a_request(self):
        """The override runs for rules too, also where there is no request; per record as ever."""
        for scope in (False, "record"):
            self.make_rule(
                self.code(
                    "record['ref'] = json.dumps([len(records), bool(request)])", code_scope=scope
                ),
                fields=["comment"],
            )
            partners = self.make_partners(3)
            partners.write({"comment": "go"})
            self.assertEqual(partners.mapped("ref"), ["[1, false]"] * 3)

    def test_response_has_priority_over_action(self):
        """Code that sets both gives back the response, as ``website`` promises."""
        action = self.env["ir.actions.server"].create(
            {
                "name": "Both",
                "model_id": self.partner_model.id,
                "state": "code",
                "code": "action = {'type': 'ir.actions.act_window_close'}\nresponse = 'answer'",
            }
        )
        self.assertEqual(action.run(), "answer")
        action.code_scope = "record"
        partner = self.make_partners(1)
        bound = action.with_context(active_model="res.partner", active_ids=partner.ids)
        self.assertEqual(bound.run(), "answer")
