"""From a draft to a published version, and back to a new draft."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.constants import OPENERP, STRICT
from ..core.version import fingerprint
from .workflow import DRAFT, PUBLISHED, RETIRED

_logger = logging.getLogger(__name__)


class Workflow(models.Model):
    _inherit = "workflow"

    def action_publish(self):
        """Let new records use the draft; those on their way stay on their version."""
        self.check_access("write")
        for workflow in self:
            draft = workflow.draft_version_id
            if not draft:
                raise UserError(
                    self.env._(
                        "The workflow “%(workflow)s” has no draft: nothing has changed since it "
                        "was published.",
                        workflow=workflow.name,
                    )
                )
            profile = draft.profile = draft.profile or STRICT
            draft._check_publishable()
            workflow._publish(draft, profile)
        return True

    def action_retire(self):
        """Let no record start the workflow any more; those on their way go on to their end."""
        self.check_access("write")
        for workflow in self:
            workflow.draft_version_id.publishes_itself = False
            workflow.current_version_id.state = RETIRED
        return True

    def action_new_draft(self):
        """Make a draft that is a copy of the published version, if there is none."""
        self.check_access("write")
        for workflow in self:
            if not workflow.draft_version_id:
                source = workflow.current_version_id or workflow.version_ids[:1]
                draft = workflow._make_draft(profile=source.profile)
                draft._copy_content(source)
        return True

    def _draft_to_change(self):
        """Return the draft, which changes that name no version go into."""
        self.ensure_one()
        if not self.draft_version_id:
            if self.version_ids:
                self.action_new_draft()
                # Definitions of files follow the files.
                draft = self.draft_version_id
                draft.publishes_itself = draft.profile == OPENERP
            else:
                self._make_draft(publishes_itself=True)
        return self.draft_version_id

    def _make_draft(self, *, profile=False, publishes_itself=False):
        self.ensure_one()
        return self.env["workflow.version"].create(
            {
                "wkf_id": self.id,
                "number": max(self.version_ids.mapped("number"), default=0) + 1,
                "profile": profile,
                "publishes_itself": publishes_itself,
            }
        )

    def _publish(self, draft, profile):
        self.ensure_one()
        self.current_version_id.state = RETIRED
        # Only one version of a workflow may be published at any moment.
        self.env["workflow.version"].flush_model(["state"])
        draft.profile = profile
        draft.write(
            {
                "state": PUBLISHED,
                "publishes_itself": False,
                "checksum": fingerprint(draft._build_graph()),
                "published_at": fields.Datetime.now(),
                "published_by": self.env.uid,
            }
        )
        # The next draft is inserted before pending updates are written.
        draft.flush_recordset()
        _logger.info("%s is published in profile %s", draft.display_name, profile)

    def _publish_waiting(self):
        """Publish drafts that came from files or code: a record needs them now.

        One without a start is not finished yet, and is left alone.

        :returns: the workflows that have a published version afterwards
        """
        for workflow in self:
            draft = workflow.draft_version_id
            if draft.publishes_itself and any(draft.activity_ids.mapped("flow_start")):
                workflow._publish(draft, OPENERP)
        return self.filtered("current_version_id")


class WorkflowVersion(models.Model):
    _inherit = "workflow.version"

    problem_text = fields.Text(
        string="Problems",
        compute="_compute_problem_text",
        help="What keeps the version from being published, and what its author should look at.",
    )

    @api.depends("activity_ids", "transition_ids", "profile", "state")
    def _compute_problem_text(self):
        for version in self:
            lines = []
            if version.state == DRAFT and version.activity_ids:
                lines = [f"{one.place}: {one.message}" for one in version._problems()]
            version.problem_text = "\n".join(lines)

    def _check_publishable(self):
        """:raises ValidationError: with everything that has to be changed"""
        self.ensure_one()
        errors = [one for one in self._problems() if one.severity == "error"]
        if errors:
            raise ValidationError(
                self.env._(
                    "The workflow “%(workflow)s” cannot be published:\n%(problems)s",
                    workflow=self.wkf_id.name,
                    problems="\n".join(f"- {one.place}: {one.message}" for one in errors),
                )
            )

    def _copy_content(self, source):
        """Take over all activities and transitions of another version; keys stay the same."""
        self.ensure_one()
        activities = {}
        for one in source.activity_ids:
            [vals] = one.copy_data()
            activities[one.id] = one.create({**vals, "version_id": self.id, "key": one.key}).id
        for one in source.transition_ids:
            [vals] = one.copy_data()
            ends = {"act_from": activities[one.act_from.id], "act_to": activities[one.act_to.id]}
            one.create({**vals, **ends, "version_id": self.id, "key": one.key})
