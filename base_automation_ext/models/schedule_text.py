"""Schedules in words."""

from datetime import timezone

from babel.dates import format_date, format_datetime, get_day_names
from babel.lists import format_list

from odoo.tools.misc import babel_locale_parse, get_lang

from ..core import cron_expression

_LAST_DAY_IN_ALL_MONTHS = 28


def sentence_of_schedule(rule):
    """Return the schedule of a rule as a sentence, such as "Every Monday at 08:00 (UTC)"."""
    env = rule.env
    plan = _SENTENCES[rule.schedule_kind](rule, env)
    return env._("%(plan)s (%(zone)s)", plan=plan, zone=rule.schedule_tz)


def list_of_moments(env, moments, zone):
    """Return moments (naive UTC) as local times of a zone, one per line."""
    return "\n".join(text_of_moment(env, moment, zone) for moment in moments)


def text_of_moment(env, moment, zone):
    """Return a moment (naive UTC) in words, such as "Monday 30 Nov 2026 08:00"."""
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    return format_datetime(local.replace(tzinfo=None), "EEEE d MMM y HH:mm", locale=_locale(env))


def sentence_of_cron_error(env, error):
    """Return what is wrong with a cron expression as a sentence."""
    names = {
        "minute": env._("minute"),
        "hour": env._("hour"),
        "day-of-month": env._("day of the month"),
        "month": env._("month"),
        "day-of-week": env._("day of the week"),
    }
    if error.field:
        return env._(
            "The field “%(field)s” of the cron expression cannot be read or never comes true.",
            field=names[error.field],
        )
    return env._(
        "A cron expression has five fields: minute, hour, day of the month, month, day of the "
        "week; for example “0 8 * * 1” for every Monday at 08:00."
    )


def _days(rule, env):
    at = _time(rule)
    if rule.schedule_every_days == 1:
        return env._("Every day at %(time)s", time=at)
    return env._(
        "Every %(count)s days from %(day)s on, at %(time)s",
        count=rule.schedule_every_days,
        day=format_date(rule.schedule_start, "d MMM y", locale=_locale(env)),
        time=at,
    )


def _weekly(rule, env):
    locale = _locale(env)
    days = sorted(rule._schedule().weekdays)
    if len(days) == len(get_day_names(locale=locale)):
        return env._("Every day at %(time)s", time=_time(rule))
    names = [get_day_names("wide", locale=locale)[day] for day in days]
    return env._(
        "Every %(days)s at %(time)s", days=format_list(names, locale=locale), time=_time(rule)
    )


def _monthly(rule, env):
    if rule.schedule_month_day <= _LAST_DAY_IN_ALL_MONTHS:
        text = env._("On day %(day)s of every month at %(time)s")
    elif rule.schedule_month_day == 31:
        text = env._("On the last day of every month at %(time)s")
    else:
        text = env._("On day %(day)s of every month, or the last day of a shorter one, at %(time)s")
    return text % {"day": rule.schedule_month_day, "time": _time(rule)}


def _cron(rule, env):
    expression = rule._schedule().expression
    if get_lang(env).code.startswith("en"):
        return cron_expression.explain(expression)
    # The explanation exists in English only.
    return env._("Cron expression “%(expression)s”", expression=expression)


_SENTENCES = {"days": _days, "weekly": _weekly, "monthly": _monthly, "cron": _cron}


def _time(rule):
    return rule._schedule_time_of_day().strftime("%H:%M")


def _locale(env):
    return babel_locale_parse(get_lang(env).code)
