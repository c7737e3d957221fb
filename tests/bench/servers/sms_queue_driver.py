"""Runs Odoo's queue of text messages a few times and prints messages per second.

python -m bench.servers.sms_queue_driver CONFIGURATION DATABASE '{"way": "smpp", "port": 2775, …}'

Ways: ``stock`` (Odoo's own sms_twilio), ``http`` (our gateway of kind twilio), ``smpp``.
"""

import json
import sys
import time

from .driver import Driver

RUNS = 3
SID, TOKEN = "AC" + "1" * 32, "s3cret-word"
TWILIO = "https://api.twilio.com"
NUMBER = "+3161234{:04d}"


def stock(env, port):
    """Have the company send by Odoo's Twilio."""
    env.company.write(
        {"sms_provider": "twilio", "sms_twilio_account_sid": SID, "sms_twilio_auth_token": TOKEN}
    )
    env["sms.twilio.number"].create(
        {
            "company_id": env.company.id,
            "number": "+31687654321",
            "country_id": env.ref("base.nl").id,
        }
    )


def http(env, port):
    """Make our gateway for Twilio the only one."""
    env.company.sms_gateway_id = env["sms.gateway"].create(
        {
            "name": "Twilio",
            "kind": "twilio",
            "account": SID,
            "secret": TOKEN,
            "sender": "Odoo",
            "workers": 16,
        }
    )


def smpp(env, port):
    """Make an SMSC the only gateway."""
    env.company.sms_gateway_id = env["sms.gateway"].create(
        {
            "name": "SMSC",
            "kind": "smpp",
            "smpp_host": "127.0.0.1",
            "smpp_port": port,
            "smpp_window": 50,
            "account": "me",
            "secret": TOKEN,
        }
    )


def prepare(env, way, port):
    """Leave one provider in use."""
    if "sms.gateway" in env:
        env["sms.gateway"].search([]).active = False
    WAYS[way](env, port)


WAYS = {"stock": stock, "http": http, "smpp": smpp}


def redirect(port):
    """Have requests to Twilio go to the fake: its address is written into Odoo's code."""
    import requests

    original = requests.Session.request

    def request(self, method, url, **options):
        return original(self, method, url.replace(TWILIO, f"http://127.0.0.1:{port}"), **options)

    requests.Session.request = request


def write_sms(env, count):
    """Queue messages that differ, as reminders do."""
    env["sms.sms"].search([]).unlink()
    env["sms.sms"].create(
        [
            {"number": NUMBER.format(one), "body": f"Your appointment is at {one}."}
            for one in range(count)
        ]
    )


def run_queue(driver, count):
    """Return the seconds the queue took; all of it has to be sent."""
    driver.commit(lambda env: write_sms(env, count))
    started = time.perf_counter()
    # A run of stock's takes as many as one of its batches, ten for Twilio, and asks for the next.
    left, before = count, count + 1
    while 0 < left < before:
        driver.commit(lambda env: env["sms.sms"]._process_queue())
        left, before = states(driver).get("outgoing", 0), left
    seconds = time.perf_counter() - started
    if states(driver) != {"pending": count}:
        raise RuntimeError(
            f"not all of {count} were sent, a rate would mean nothing: {states(driver)}"
        )
    return seconds


def states(driver):
    """Return how many messages are in each state of Odoo's queue."""
    with driver.registry.cursor() as cr:
        cr.execute("SELECT state, count(*) FROM sms_sms GROUP BY state")
        return dict(cr.fetchall())


def main():
    configuration, database, asked = sys.argv[1:]
    asked = json.loads(asked)
    answers, sys.stdout = sys.stdout, sys.stderr
    driver = Driver(configuration, database)
    redirect(asked["port"])
    driver.commit(lambda env: prepare(env, asked["way"], asked["port"]))
    run_queue(driver, 20)  # loads everything once
    rates = [asked["messages"] / run_queue(driver, asked["messages"]) for _run in range(RUNS)]
    print(json.dumps(rates), file=answers)


if __name__ == "__main__":
    main()
