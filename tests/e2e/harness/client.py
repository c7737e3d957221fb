"""A user of Odoo over HTTP, as the web client talks to it."""

from typing import Any

import requests

TIMEOUT_SECONDS = 60


class RemoteError(Exception):
    """Odoo answered a call with an error."""

    def __init__(self, error: dict[str, Any]):
        data = error.get("data") or {}
        super().__init__(data.get("message") or error.get("message"))
        self.name = data.get("name", "")
        """Python's name of the exception, such as ``odoo.exceptions.UserError``."""
        self.debug = data.get("debug", "")


class WebClient:
    """A session of one user on one server."""

    def __init__(self, url: str, database: str, login: str = "admin", password: str = "admin"):
        self.url = url
        self.session = requests.Session()
        parameters = {"db": database, "login": login, "password": password}
        self.uid = self.rpc("/web/session/authenticate", parameters)["uid"]

    @property
    def session_id(self) -> str:
        return self.session.cookies["session_id"]

    def rpc(self, path: str, parameters: dict[str, Any]) -> Any:
        """Post a JSON-RPC call and return its result.

        :raises RemoteError: if Odoo answers with an error
        """
        envelope = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": parameters}
        answer = self.session.post(self.url + path, json=envelope, timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        content = answer.json()
        if "error" in content:
            raise RemoteError(content["error"])
        return content.get("result")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of a model; the ids are its first argument, where it wants any."""
        parameters = {"model": model, "method": method, "args": list(args), "kwargs": kwargs}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", parameters)

    def create(self, model: str, **values: Any) -> int:
        return self.call(model, "create", values)

    def write(self, model: str, record_id: int, **values: Any) -> None:
        self.call(model, "write", [record_id], values)

    def read(self, model: str, record_id: int, field: str) -> Any:
        return self.call(model, "read", [record_id], [field])[0][field]

    def reference(self, xml_id: str) -> int:
        """Return the id behind an external id; the user must be able to read ``ir.model.data``."""
        module, name = xml_id.split(".", 1)
        domain = [("module", "=", module), ("name", "=", name)]
        return self.call("ir.model.data", "search_read", domain, ["res_id"])[0]["res_id"]
