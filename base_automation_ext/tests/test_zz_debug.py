from collections import Counter

from odoo.tests import tagged

from .test_trigger_path_line import LineCase


def spy(case, function):
    case.env.flush_all()
    case.env.invalidate_all()
    cr = case.env.cr
    seen = []
    origin = type(cr).execute

    def execute(self, query, *a, **k):
        text = getattr(query, "code", query)
        seen.append(str(text)[:150].replace("\n", " "))
        return origin(self, query, *a, **k)

    type(cr).execute = execute
    try:
        function()
        case.env.flush_all()
    finally:
        type(cr).execute = origin
    return Counter(seen)


@tagged("post_install", "-at_install")
class TestZZDebug(LineCase):
    def test_b(self):
        lines = self.env["ir.model.fields"]._get("res.partner.category", "child_ids")
        rule = self.make_rule(
            self.code("pass"),
            model="res.partner.category",
            trigger="on_line_change",
            line_field_id=lines.id,
        )
        self.count_runs(rule)

        def imp(tags, **ctx):
            tags.with_context(**ctx).create(
                [{"name": f"L {at}", "parent_id": tag.id} for tag in tags for at in range(10)]
            )

        ten, hundred = self.make_trees(10, 1), self.make_trees(100, 1)
        imp(ten)
        with open("/tmp/c2_sql.txt", "w") as out:
            for tags in (ten, hundred):
                a = spy(self, lambda: imp(tags, automation_skip=True))
                b = spy(self, lambda: imp(tags))
                out.write("----- more with rule\n")
                for k, n in (b - a).items():
                    out.write(f"{n} {k}\n")
                out.write("----- less with rule\n")
                for k, n in (a - b).items():
                    out.write(f"{n} {k}\n")
