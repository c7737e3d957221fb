"""Runs Odoo's mail queue a few times and prints e-mails per second, or where the time goes.

python -m bench.servers.mail_queue_driver CONFIGURATION DATABASE '{"port": 2525, "mails": 400}'
"""

import cProfile
import json
import pstats
import sys
import time

from .driver import Driver

RUNS = 2


def prepare(env, port, sessions):
    """Make the test's server the only account."""
    servers = env["ir.mail_server"]
    servers.search([]).active = False
    vals = {"name": "Bench", "smtp_host": "localhost", "smtp_port": port}
    if "smtp_sessions" in servers._fields:
        vals["smtp_sessions"] = sessions
    servers.create(vals)


def write_mails(env, count):
    """Queue e-mails as a small shop writes them, about 4 KiB each."""
    env["mail.mail"].search([]).unlink()
    body = "<div><p>Dear reader,</p>" + "<p>your order is on its way to you.</p>" * 40 + "</div>"
    env["mail.mail"].create(
        [
            {
                "subject": f"Order {number}",
                "email_from": "shop@example.com",
                "email_to": f"reader{number}@example.com",
                "body_html": body,
            }
            for number in range(count)
        ]
    )


def run_queue(driver, mails, profile=None):
    """Return the seconds of one run of the queue; all of it has to be sent."""
    driver.commit(lambda env: write_mails(env, mails))
    with driver.registry.cursor() as cr:
        env = driver.env(cr)
        started = time.perf_counter()
        if profile:
            profile.enable()
        env["mail.mail"].process_email_queue()
        if profile:
            profile.disable()
        seconds = time.perf_counter() - started
        cr.rollback()
        env.invalidate_all()
        sent = env["mail.mail"].search_count([("state", "=", "sent")])
        if sent != mails:
            raise RuntimeError(f"{sent} of {mails} e-mails were sent; a rate would mean nothing")
    return seconds


def main():
    configuration, database, asked = sys.argv[1:]
    asked = json.loads(asked)
    answers, sys.stdout = sys.stdout, sys.stderr
    driver = Driver(configuration, database)
    driver.commit(lambda env: prepare(env, asked["port"], asked["sessions"]))
    run_queue(driver, 20)  # loads everything once
    if asked.get("profile"):
        profile = cProfile.Profile()
        run_queue(driver, asked["mails"], profile)
        pstats.Stats(profile, stream=answers).sort_stats("cumulative").print_stats(70)
        return
    rates = [asked["mails"] / run_queue(driver, asked["mails"]) for _run in range(RUNS)]
    print(json.dumps(rates), file=answers)


if __name__ == "__main__":
    main()
