"""Runs Odoo's mail queue a few times and prints e-mails per second, or where the time goes.

python -m bench.servers.mail_queue_driver CONFIGURATION DATABASE '{"port": 2525, "mails": 400}'
"""

import contextlib
import json
import statistics
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


def run_queue(driver, mails, measure=None):
    """Return the seconds of one run of the queue; all of it has to be sent.

    :param measure: takes an environment, returns a block to run the queue in
    """
    driver.commit(lambda env: write_mails(env, mails))
    with driver.registry.cursor() as cr:
        env = driver.env(cr)
        started = time.perf_counter()
        with measure(env) if measure else contextlib.nullcontext():
            env["mail.mail"].process_email_queue()
        seconds = time.perf_counter() - started
        cr.rollback()
        env.invalidate_all()
        sent = env["mail.mail"].search_count([("state", "=", "sent")])
        if sent != mails:
            raise RuntimeError(f"{sent} of {mails} e-mails were sent; a rate would mean nothing")
    return seconds


def profile(driver, mails):
    """Return where the time of one e-mail goes: the median of three runs of the queue."""
    from .mail_queue_profile import per_mail, profiled

    found = []
    for _run in range(3):
        kept = []

        @contextlib.contextmanager
        def measure(env, kept=kept):
            with profiled(env) as parts:
                yield
            kept.append(per_mail(parts, mails))

        run_queue(driver, mails, measure)
        found += kept
    return {
        part: [statistics.median(run[part][which] for run in found) for which in (0, 1)]
        for part in found[0]
    }


def main():
    configuration, database, asked = sys.argv[1:]
    asked = json.loads(asked)
    answers, sys.stdout = sys.stdout, sys.stderr
    driver = Driver(configuration, database)
    driver.commit(lambda env: prepare(env, asked["port"], asked["sessions"]))
    run_queue(driver, 20)  # loads everything once
    if asked.get("profile"):
        print(json.dumps(profile(driver, asked["mails"])), file=answers)
        return
    rates = [asked["mails"] / run_queue(driver, asked["mails"]) for _run in range(RUNS)]
    print(json.dumps(rates), file=answers)


if __name__ == "__main__":
    main()
