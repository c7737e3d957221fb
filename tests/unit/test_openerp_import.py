"""Reading OpenERP data files: XML, eval attributes, definitions, old Python, renames."""

from pathlib import Path

import pytest

from server_action_engine.core.openerp_import import python2
from server_action_engine.core.openerp_import.definitions import collect
from server_action_engine.core.openerp_import.renames import MappingError, parse_mapping
from server_action_engine.core.openerp_import.report import KINDS, Report
from server_action_engine.core.openerp_import.unshare import unshare
from server_action_engine.core.openerp_import.values import (
    Ref,
    RefText,
    Search,
    Unknown,
    evaluate,
)
from server_action_engine.core.openerp_import.xml_reader import MAX_BYTES, DataFileError, read

FIXTURES = Path(__file__).parent.parent / "fixtures" / "openerp"


def _file(body, root="openerp"):
    return f"<?xml version='1.0'?><{root}><data>{body}</data></{root}>".encode()


def _collect(body):
    report = Report()
    return collect(read(_file(body)), report), report


def _codes(report, record=None):
    return [remark.code for remark in report.sorted() if record is None or remark.record == record]


# -- XML ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["terp", "openerp", "odoo"])
def test_all_roots_are_read(root):
    """Tiny ERP's, OpenERP's and Odoo's files have the same content."""
    body = '<record id="a" model="m"><field name="x">1</field></record>'
    (record,) = read(_file(body, root)).records
    assert (record.xml_id, record.model, record.text("x")) == ("a", "m", "1")


def test_records_directly_below_the_root_are_read():
    """Odoo 9 dropped the data element."""
    assert len(read(b"<odoo><record id='a' model='m'/></odoo>").records) == 1


def test_lines_and_noupdate_are_kept():
    """Each record knows its line and whether updates may touch it."""
    content = b"<openerp>\n<data noupdate='1'>\n<record id='a' model='m'/>\n</data>\n</openerp>"
    (record,) = read(content).records
    assert (record.line, record.noupdate) == (3, True)


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "empty", 0),
        (b"  \n ", "empty", 0),
        (b"<openerp>\n<data>\n", "not_xml", 3),
        (b"<openerp>\n<a></b></openerp>", "not_xml", 2),
        (b"name,value\n1,2\n", "not_xml", 1),
        (b"<html/>", "wrong_root", 1),
        (b"<?xml version='1.0' encoding='utf-8'?>\n<odoo>\xe9</odoo>", "not_xml", 2),
        (b"<?xml version='1.0' encoding='klingon'?><odoo/>", "not_xml", 1),
    ],
)
def test_unreadable_files_are_named_with_their_line(content, code, line):
    """A file that cannot be read says why and where."""
    with pytest.raises(DataFileError) as caught:
        read(content)
    assert (caught.value.code, caught.value.line) == (code, line)


def test_entity_bomb_is_refused_before_it_is_expanded():
    """Declared entities are refused, whatever they hold."""
    bomb = b'<!DOCTYPE o [<!ENTITY a "aaaa">\n<!ENTITY b "&a;&a;">]><odoo><record id="&b;"/></odoo>'
    with pytest.raises(DataFileError) as caught:
        read(bomb)
    assert (caught.value.code, caught.value.detail) == ("entities", "a")


def test_external_entity_is_refused():
    """A file cannot make the server read another file."""
    content = b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/hostname">]><odoo>&x;</odoo>'
    with pytest.raises(DataFileError, match="entities"):
        read(content)


def test_entities_in_utf16_are_refused_too():
    """The encoding does not hide a declaration."""
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE o [<!ENTITY a "b">]><odoo>&a;</odoo>'
    with pytest.raises(DataFileError, match="entities"):
        read(text.encode("utf-16"))


def test_huge_file_is_refused():
    """A file beyond the limit is not parsed at all."""
    with pytest.raises(DataFileError, match="too_large"):
        read(b"<odoo>" + b" " * MAX_BYTES + b"</odoo>")


def test_other_encodings_are_read():
    """The declaration names the encoding."""
    report = Report()
    definitions = collect(read((FIXTURES / "odoo10.xml").read_bytes()), report)
    assert definitions.actions[0].text("name") == "Café"


# -- eval -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("5", 5),
        ("-1.5", -1.5),
        ("True", True),
        ("not True", False),
        ("'a' + 'b'", "ab"),
        ("'%s-%d' % ('a', 3)", "a-3"),
        ("ref('m.x')", Ref("m.x")),
        ("int(ref('x'))", Ref("x")),
        ("[(6,0,[ref('a'), ref('b')])]", [(6, 0, [Ref("a"), Ref("b")])]),
        ("[(0, 0, {'a': 1})]", [(0, 0, {"a": 1})]),
        ("[Command.set([ref('a')])]", [(6, 0, [Ref("a")])]),
        ("[Command.link(ref('a'))]", [(4, Ref("a"), 0)]),
        ("'ir.actions.server,' + str(ref('a'))", RefText("ir.actions.server,", Ref("a"))),
        ("'res.partner,%d' % ref('a')", RefText("res.partner,", Ref("a"))),
    ],
)
def test_eval_attributes_are_understood(source, value):
    """Literals, references, commands and simple texts need no running server."""
    assert evaluate(source) == value


@pytest.mark.parametrize(
    "source",
    [
        "time.strftime('%Y')", "obj(1).name", "__import__('os')", "[", "a.b", "lambda: 1",
        "'%s' % (ref('a'), ref('b'))", "[x for x in y]", "1 + 'a'", "'%(a)s' % {}",
        "'%9999999d' % 1",
    ],
)  # fmt: skip
def test_eval_that_needs_a_server_is_unknown(source):
    """Nothing is executed; what is not plain keeps its source."""
    assert evaluate(source) == Unknown(source)


# -- definitions ----------------------------------------------------------------------------------


def test_old_names_become_those_of_odoo_8():
    """srcmodel_id, record_id and write_id are read under their later names."""
    definitions, _report = _collect(
        """<record id="a" model="ir.actions.server"><field name="state">other</field>
        <field name="srcmodel_id" ref="x"/><field name="write_id"> object.id </field></record>"""
    )
    (action,) = definitions.actions
    assert action.state == "multi"
    assert action.values["crud_model_id"] == Ref("x")
    assert action.text("write_expression") == "object.id"


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ('<field name="code">object.go()</field>', "code"),
        ('<field name="name">Nothing</field>', "dummy"),
        ('<field name="state">dummy</field><field name="code">object.go()</field>', "dummy"),
    ],
)
def test_an_action_without_a_type_has_the_default_of_its_version(fields, state):
    """Odoo 8–10 ran the code of an action that names no type; OpenERP did nothing."""
    definitions, _report = _collect(f'<record id="a" model="ir.actions.server">{fields}</record>')
    assert definitions.actions[0].state == state


def test_value_lines_come_from_all_three_ways_of_writing():
    """Inline, linked by the action, and pointing at the action."""
    definitions, report = _collect(
        """<record id="a" model="ir.actions.server">
        <field name="fields_lines"
            eval="[(0,0,{'col1': ref('f1'), 'value': 'x'}), (4, ref('l2'))]"/>
        </record>
        <record id="l2" model="ir.server.object.lines"><field name="col1" ref="f2"/>
        <field name="server_id" ref="a"/><field name="type">value</field>
        <field name="value">2</field></record>
        <record id="l3" model="ir.server.object.lines">
        <field name="col1" search="[('name','=','f3')]" model="ir.model.fields"/>
        <field name="server_id" ref="a"/><field name="value" eval="7"/></record>"""
    )
    lines = definitions.actions[0].lines
    assert [(line.field, line.kind, line.value) for line in lines] == [
        (Ref("f1"), "equation", "x"),
        (Ref("f2"), "value", "2"),
        (Search("ir.model.fields", [("name", "=", "f3")]), "equation", 7),
    ]
    assert _codes(report) == []


def test_what_is_not_understood_is_reported_with_its_line():
    """Other models, tags, fields and stray lines each leave a remark."""
    _definitions, report = _collect(
        """<record id="p" model="res.partner"/>
        <function model="m" name="n"/>
        <record id="a" model="ir.actions.server"><field name="colour">1</field>
        <field name="sequence" eval="obj()"/></record>
        <record id="l" model="ir.server.object.lines"><field name="server_id" ref="no"/></record>"""
    )
    remarks = [(remark.code, remark.line) for remark in report.sorted()]
    assert remarks == [
        ("other_model", 1), ("other_tag", 2), ("unknown_field", 3), ("not_evaluated", 4),
        ("line_without_action", 5),
    ]  # fmt: skip
    assert {remark.kind for remark in report.remarks} <= set(KINDS)


def test_menu_entries_bind_their_action():
    """ir.values of the Action menu make the action appear there again."""
    definitions, report = _collect(
        """<record id="a" model="ir.actions.server"/>
        <record id="v" model="ir.values">
        <field name="value" eval="'ir.actions.server,'+str(ref('a'))"/></record>"""
    )
    assert definitions.actions[0].bound
    assert _codes(report) == ["bound"]


def test_action_without_id_gets_the_same_name_every_time():
    """A second import recognises it, and two different ones do not clash."""
    body = """<record model="ir.actions.server"><field name="name">A</field></record>
    <record model="ir.actions.server"><field name="name">B</field></record>"""
    first, second = (
        [action.xml_id for action in _collect(body)[0].actions] for _attempt in range(2)
    )
    assert first == second
    assert len(set(first)) == 2


def _multi(name, *children, sequence=5):
    refs = ",".join(f"ref('{child}')" for child in children)
    return (
        f'<record id="{name}" model="ir.actions.server"><field name="state">other</field>'
        f'<field name="sequence">{sequence}</field>'
        f'<field name="child_ids" eval="[(6,0,[{refs}])]"/></record>'
    )


def _children(body):
    definitions, report = _collect(body)
    unshare(definitions, report)
    tree = {
        action.xml_id: [ref.xml_id for ref in action.children] for action in definitions.actions
    }
    return tree, report


def test_shared_children_are_copied_with_all_below_them():
    """The first parent keeps the child, the second gets a copy of the whole branch."""
    tree, report = _children(
        _multi("p1", "c") + _multi("p2", "c") + _multi("c", "leaf") + _multi("leaf")
    )
    assert tree == {
        "p1": ["c"], "p2": ["c__in_p2"], "c": ["leaf"], "leaf": [],
        "c__in_p2": ["leaf__in_c__in_p2"], "leaf__in_c__in_p2": [],
    }  # fmt: skip
    assert _codes(report) == ["child_copied", "child_copied"]


def test_children_are_ordered_by_their_sequence():
    """OpenERP ran children by sequence, not in the order they were linked."""
    tree, _report = _children(_multi("p", "b", "a") + _multi("a", sequence=1) + _multi("b"))
    assert tree["p"] == ["a", "b"]


def test_children_that_lead_back_are_left_out():
    """A cycle is cut and reported, however long it is."""
    tree, report = _children(_multi("a", "b") + _multi("b", "c") + _multi("c", "a"))
    assert tree == {"a": ["b"], "b": ["c"], "c": []}
    assert _codes(report) == ["child_cycle"]
    tree, report = _children(_multi("a", "a"))
    assert tree == {"a": []}


def test_mesh_of_shared_children_stays_finite():
    """Every action sharing every other one ends, with cycles cut."""
    names = ["a", "b", "c", "d"]
    body = "".join(_multi(name, *(other for other in names if other != name)) for name in names)
    tree, _report = _children(body)
    parents = [child for children in tree.values() for child in children]
    assert len(parents) == len(set(parents))


def test_explosion_of_shared_children_is_bounded():
    """Ten actions that share each other would need millions of copies; they get a thousand."""
    names = [f"a{number}" for number in range(10)]
    body = "".join(_multi(name, *(other for other in names if other != name)) for name in names)
    tree, report = _children(body)
    assert len(tree) == 1010
    assert "too_many_copies" in _codes(report)


def test_whole_sample_of_openerp_5_is_read():
    """The sample file yields every type, and a remark for everything else."""
    report = Report()
    definitions = collect(read((FIXTURES / "openerp5.xml").read_bytes()), report)
    assert {action.state for action in definitions.actions} == {
        "dummy", "code", "client", "object_create", "object_write", "loop", "email", "sms",
        "trigger", "multi",
    }  # fmt: skip
    assert definitions.wizards == {"wiz_old": "partner.old.wizard"}
    assert _codes(report, "act_gone") == ["unknown_field"]


# -- old Python -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "mode", "expected"),
    [
        ("object.a <> 1", "eval", "object.a != 1"),
        (" object.a ", "eval", "object.a"),
        ("print 'x'", "exec", "print('x')"),
        ("raise Warning, 'no'", "exec", "raise Warning('no')"),
        ("try:\n    x = 1\nexcept ValueError, e:\n    x = 2", "exec",
         "try:\n    x = 1\nexcept ValueError as e:\n    x = 2"),
        ("x = 10L", "exec", "x = 10"),
        ("x = u'a'", "exec", "x = u'a'"),
        ("\n            object.go()\n        ", "exec", "object.go()"),
        ("\n\tif object.a <> 1:\n\t\tobject.go()\n", "exec",
         "if object.a != 1:\n        object.go()"),
    ],
)  # fmt: skip
def test_python_2_is_repaired_where_that_is_safe(source, mode, expected):
    """The usual differences are corrected; valid text stays as it is."""
    modern = python2.modernise(source, mode)
    assert (modern.source, modern.problem) == (expected, "")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("self.pool.get('m').write(cr, uid, ids, {})", "old_api"),
        ("netsvc.LocalService('workflow')", "old_api"),
        ("context.has_key('a')", "old_names"),
        ("unicode(object.name)", "old_names"),
        ("import os", "imports"),
        ("object.", "syntax"),
    ],
)
def test_python_that_cannot_run_says_why(source, problem):
    """Old interfaces, removed names, imports and nonsense are told apart."""
    assert python2.modernise(source, "exec").problem == problem


def test_renamed_attributes_are_replaced_at_their_place():
    """Only the attribute of the named chain changes, also behind other letters than ASCII."""
    source = "'é' + object.number + object.partner_id.number"
    assert (
        python2.rename_attributes(source, {("number",): "name"})
        == "'é' + object.name + object.partner_id.number"
    )
    assert python2.rename_attributes("object.a.b", {("a",): "x", ("a", "b"): "y"}) == "object.x.y"


# -- mapping --------------------------------------------------------------------------------------


def test_mapping_wins_over_the_known_renames():
    """Models, fields by old or new model, and external ids are mapped."""
    mapping = parse_mapping(
        "# comment\n\naccount.invoice = x.bill\nold.model.a = b\nx.bill.number=ref\nm.wiz = n.act"
    )
    assert mapping.model("account.invoice") == "x.bill"
    assert mapping.model("sale.order") == "sale.order"
    assert mapping.field_name("old.model", "a") == "b"
    assert mapping.field_name("account.invoice", "number") == "ref"
    assert mapping.xml_id("m.wiz") == "n.act"
    assert parse_mapping("").field_name("account.invoice", "number") == "name"


@pytest.mark.parametrize("text", ["a", "=b", "a=", "ok=1\nbad"])
def test_wrong_mapping_names_its_line(text):
    """A line without both sides is refused."""
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    assert caught.value.line == len(text.splitlines())
