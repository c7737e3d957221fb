from odoo.tests import tagged

from .path_case import PathCase
from .test_trigger_path_line import LineCase


def spy(case, function):
    case.env.flush_all()
    case.env.invalidate_all()
    cr = case.env.cr
    seen = []
    origin = type(cr).execute

    def execute(self, query, *a, **k):
        text = getattr(query, "code", query)
        seen.append(str(text)[:230].replace("\n", " "))
        return origin(self, query, *a, **k)

    type(cr).execute = execute
    try:
        function()
        case.env.flush_all()
    finally:
        type(cr).execute = origin
    return seen


@tagged("post_install", "-at_install")
class TestZZDebug(PathCase):
    def test_a(self):
        self.make_rule(trigger="on_related_change", related_path="parent_id.function")
        few, many = self.make_families(2, 2)[0], self.make_families(20, 2)[0]
        few.write({"function": "warm"})
        with open("/tmp/c2_sql.txt", "w") as out:
            for companies in (few, many):
                sk = companies.with_context(automation_skip=True)
                for fn in (
                    lambda: sk.write({"function": "a"}),
                    lambda: companies.write({"function": "b"}),
                ):
                    out.write("-----\n" + "\n".join(spy(self, fn)) + "\n")


@tagged("post_install", "-at_install")
class TestZZDebugL(LineCase):
    def test_b(self):
        rule = self.line_rule()
        self.count_runs(rule)
        companies = self.make_families(5, 0)[0]

        def imp(c, **ctx):
            self.env["res.partner"].with_context(**ctx).create(
                [{"name": "L", "parent_id": x.id, "type": "other"} for x in c for _ in range(3)]
            )

        imp(companies[:1])
        with open("/tmp/c2_sql2.txt", "w") as out:
            for fn in (
                lambda: imp(companies[1:3], automation_skip=True),
                lambda: imp(companies[1:3]),
            ):
                out.write("-----\n" + "\n".join(spy(self, fn)) + "\n")
