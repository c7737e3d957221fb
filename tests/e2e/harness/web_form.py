"""Filling in forms of the web client as a user does: click, type, choose from what is offered.

form = WebForm(page)
form.type("[name=name] input", "VIP orders")
form.choose("[name=model_id]", "Sales Order")
form.press("Save & Close", within=".modal")
"""

import json

from .browser import Page

# A visible element of a selector whose text is, or if there is none begins with, what is wanted.
_FIND = """
    ((selector, text) => {
        const seen = [...document.querySelectorAll(selector)].filter(
            (element) => element.offsetParent !== null || element.getClientRects().length);
        const said = (element) => element.innerText.trim();
        return seen.find((element) => said(element) === text)
            || seen.find((element) => said(element).startsWith(text));
    })
"""


class WebForm:
    """The form, or the dialog over it, that a page shows."""

    def __init__(self, page: Page):
        self.page = page

    def click(self, selector: str) -> None:
        """Click the last element for a selector, which is the one of the dialog on top."""
        self.page.wait_for(selector)
        self._run("[...document.querySelectorAll(%s)].at(-1).click()", selector)
        self.page.wait_at_rest()

    def press(self, text: str, selector: str = "button, a, [role=menuitem]") -> None:
        """Click the element that shows ``text``."""
        found = f"{_FIND}({json.dumps(selector)}, {json.dumps(text)})"
        self.page.wait_until(f"!!{found}", f"“{text}” among {selector}")
        self.page.evaluate(f"{found}.click()")
        self.page.wait_at_rest()

    def type(self, selector: str, text: str) -> None:
        """Replace what an input holds by ``text`` and leave it."""
        self._insert(selector, text)
        self._run("document.querySelector(%s)?.blur()", selector)
        self.page.wait_at_rest()

    def choose(self, selector: str, text: str, search: str = "") -> None:
        """Choose the record named ``text`` in a field that completes what is typed.

        :param search: what to type, if not the name itself
        """
        self._insert(f"{selector} input", search or text)
        self.press(text, ".o-autocomplete--dropdown-item a")

    def choose_option(self, selector: str, label: str) -> None:
        """Choose an option of a menu that opens from an input."""
        self.click(f"{selector} input")
        self.press(label, ".o_select_menu_item")

    def choose_in_select(self, selector: str, label: str) -> None:
        """Choose an option of a plain ``<select>``."""
        self.page.wait_for(f"{selector} option")
        self._run(
            """((select, label) => {
                const option = [...select.options].find((one) => one.text.trim() === label);
                if (!option) {
                    const offered = [...select.options].map((one) => one.text);
                    throw new Error(`${label} is none of ${offered}`);
                }
                select.value = option.value;
                select.dispatchEvent(new Event("change", {bubbles: true}));
            })([...document.querySelectorAll(%s)].at(-1), %s)""",
            selector,
            label,
        )
        self.page.wait_at_rest()

    def choose_field(self, selector: str, *labels: str) -> None:
        """Choose a field, or a path of fields, by what people call them."""
        self.click(f"{selector} .o_model_field_selector")
        for number, label in enumerate(labels, 1):
            is_last = number == len(labels)
            self._insert(".o_model_field_selector_popover_search input", label)
            item = ".o_model_field_selector_popover_item"
            if is_last:
                self.press(label, f"{item}_name")
            else:
                found = f"{_FIND}({json.dumps(item + '_name')}, {json.dumps(label)})"
                self.page.wait_until(f"!!{found}", f"the field “{label}”")
                self.page.evaluate(
                    f"{found}.parentElement.querySelector('{item}_relation').click()"
                )
                self.page.wait_at_rest()

    def _insert(self, selector: str, text: str) -> None:
        self.page.wait_for(selector)
        self._run(
            """(() => {
                const input = [...document.querySelectorAll(%s)].at(-1);
                input.click();
                input.focus();
                input.select();
            })()""",
            selector,
        )
        self.page.command("Input.insertText", text=text)

    def _run(self, script: str, *values: str) -> None:
        self.page.evaluate(script % tuple(json.dumps(value) for value in values))
