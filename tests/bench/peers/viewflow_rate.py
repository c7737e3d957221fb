"""Measure django-viewflow: `python viewflow_rate.py HOST PORT USER DATABASE COUNT`.

Prints one line of JSON: seconds per step that waits for a call, each in a transaction, and per
task of a net that runs through. The password, if there is one, is in PGPASSWORD.
"""

import json
import sys
import time

import django
from django.conf import settings

STEPS = ("one", "two", "three", "four")


def configure(host, port, user, name):
    """Set Django up."""
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": host,
        "PORT": port,
        "USER": user,
        "NAME": name,
    }
    apps = ["contrib.auth", "contrib.contenttypes"]
    settings.configure(
        INSTALLED_APPS=[
            *(f"django.{app}" for app in apps),
            "viewflow",
            "viewflow.workflow",
            "steps_app",
        ],
        DATABASES={"default": database},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        SECRET_KEY="of a database that is dropped",
    )
    django.setup()


def steps(count):
    """Return the seconds of a step."""
    from steps_app.flows import Steps
    from viewflow.workflow.models import Process

    for _number in range(count):
        Steps.start.run()
    processes = list(Process.objects.filter(flow_class=Steps).order_by("-pk")[:count])
    started = time.perf_counter()
    for process in processes:
        for name in STEPS:
            node = getattr(Steps, name)
            node.run(process.task_set.get(flow_task=node))
    return (time.perf_counter() - started) / (count * len(STEPS))


def net(count):
    """Return the seconds of a task, of all that a net leaves in the database."""
    from steps_app.flows import Net
    from viewflow.workflow.models import Task

    before = Task.objects.count()
    started = time.perf_counter()
    for _number in range(count):
        Net.start.run()
    seconds = time.perf_counter() - started
    return seconds / (Task.objects.count() - before)


def main():
    """Migrate, warm up, measure."""
    configure(*sys.argv[1:5])
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    count = int(sys.argv[5])
    steps(5)
    net(5)
    print(json.dumps({"step": steps(count), "net": net(count)}))


if __name__ == "__main__":
    main()
