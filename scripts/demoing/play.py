"""The demo inside a process that has Odoo: install the rule, tell the story, check it."""

import argparse
import sys

from . import checks, evidence, rule, story, timeline
from .odoo_session import OdooSession
from .post_office import read_inbox
from .scenes import SCENES


def main():
    args = parse_arguments()
    session = OdooSession(args.config, args.database)
    verdict = checks.Checks()
    print(f"Database {args.database} (Odoo's demo data), mail server 127.0.0.1:{args.smtp_port}")
    confirm(session, verdict, args)
    for number, scene in enumerate(SCENES, start=2):
        timeline.heading(f"{number}. {scene.TITLE}")
        scene.play(session, verdict)
    return verdict.report()


def confirm(session, verdict, args):
    """The main job: quotations are confirmed, the e-mails arrive."""
    with session.transaction() as env:
        automation = rule.install(env, args.smtp_port)
        action_id = automation.action_server_ids.id
    timeline.heading("1. A confirmed quotation: a rule creates a record and sends an e-mail")
    confirmations = story.confirm_quotations(session)
    queue_seconds = story.process_mail_queue(session)
    verdict.claim(len(confirmations) == story.QUOTATIONS, "the demo data has open quotations")
    inbox = read_inbox(args.inbox)
    for confirmation in confirmations:
        found = evidence.collect(session, confirmation, action_id, inbox)
        timeline.show(confirmation, found)
        checks.check_confirmation(verdict, confirmation, found)
    print(f"\n  Odoo's mail queue was processed in {queue_seconds:.2f} s;", end=" ")
    print(f"{len(inbox)} e-mails are in the inbox, Odoo's notices to employees among them.")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("config", "database", "inbox"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
