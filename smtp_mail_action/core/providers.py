"""Settings of known providers, so that an address is enough to begin with.

Mailbox providers agree with Thunderbird's provider database in host and port; relays stand as
commonly documented and were not tried. Encryption is always the checked kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from .account import LOGIN, SSL_STRICT, STARTTLS_STRICT, XOAUTH2

ADDRESS = "address"
LOCAL_PART = "local_part"


@dataclass(frozen=True)
class Provider:
    """One provider."""

    key: str
    """Value of ``provider`` in a configuration section."""
    name: str
    host: str
    port: int = 465
    encryption: str = SSL_STRICT
    authentications: tuple[str, ...] = (LOGIN,)
    """What it accepts, the best first."""
    user: str = ADDRESS
    """What the user name is: the address, its local part, or a fixed text."""
    domains: tuple[str, ...] = ()
    """Domains of addresses that belong to it."""
    note: str = ""
    """What people must know first, a whole sentence."""

    def user_of(self, address: str) -> str:
        """Return the user name for an address; empty where the address does not tell."""
        if self.user == ADDRESS:
            return address
        if self.user == LOCAL_PART:
            return address.rpartition("@")[0]
        return self.user


_APP_PASSWORD = "It wants an app password instead of the account's own."  # noqa: S105
_SWITCH_ON = "Sending by other programs has to be switched on in the account's settings."
_OAUTH_ONLY = "It accepts OAuth only; use Odoo's own Outlook addon, or a token."
_BOTH = (XOAUTH2, LOGIN)

_LIST = (
    Provider("gmail", "Gmail, Google Workspace", "smtp.gmail.com", authentications=_BOTH,
             domains=("gmail.com", "googlemail.com"), note=_APP_PASSWORD),
    Provider("microsoft365", "Microsoft 365", "smtp.office365.com", 587, STARTTLS_STRICT,
             (XOAUTH2,), note=_OAUTH_ONLY),
    Provider("outlook", "Outlook.com, Hotmail", "smtp-mail.outlook.com", 587, STARTTLS_STRICT,
             (XOAUTH2,), domains=("outlook.com", "hotmail.com", "live.com", "msn.com"),
             note=_OAUTH_ONLY),
    Provider("yahoo", "Yahoo", "smtp.mail.yahoo.com", authentications=_BOTH,
             domains=("yahoo.com", "yahoo.fr", "yahoo.de", "yahoo.co.uk", "ymail.com"),
             note=_APP_PASSWORD),
    Provider("aol", "AOL", "smtp.aol.com", authentications=_BOTH, domains=("aol.com",),
             note=_APP_PASSWORD),
    Provider("icloud", "iCloud", "smtp.mail.me.com", 587, STARTTLS_STRICT,
             domains=("icloud.com", "me.com", "mac.com"), note=_APP_PASSWORD),
    Provider("fastmail", "Fastmail", "smtp.fastmail.com", authentications=_BOTH,
             domains=("fastmail.com", "fastmail.fm"), note=_APP_PASSWORD),
    Provider("gmx", "GMX", "mail.gmx.net", domains=("gmx.net", "gmx.de", "gmx.at", "gmx.ch"),
             note=_SWITCH_ON),
    Provider("gmx_com", "GMX (international)", "mail.gmx.com", domains=("gmx.com", "gmx.us"),
             note=_SWITCH_ON),
    Provider("webde", "WEB.DE", "smtp.web.de", user=LOCAL_PART, domains=("web.de",),
             note=_SWITCH_ON),
    Provider("tonline", "Telekom", "securesmtp.t-online.de", domains=("t-online.de",),
             note="It wants the e-mail password, not the one of the customer account."),
    Provider("ionos", "IONOS (1&1)", "smtp.1und1.de"),
    Provider("strato", "Strato", "smtp.strato.de"),
    Provider("hetzner", "Hetzner", "mail.your-server.de"),
    Provider("posteo", "Posteo", "posteo.de", domains=("posteo.de", "posteo.net")),
    Provider("orange", "Orange", "smtp.orange.fr", domains=("orange.fr", "wanadoo.fr")),
    Provider("free", "Free", "smtp.free.fr", user=LOCAL_PART, domains=("free.fr",)),
    Provider("ovh", "OVH", "ssl0.ovh.net"),
    Provider("gandi", "Gandi", "mail.gandi.net"),
    Provider("one", "one.com", "send.one.com"),
    Provider("kpn", "KPN", "smtp.kpnmail.nl", domains=("kpnmail.nl",)),
    Provider("libero", "Libero", "smtp.libero.it", domains=("libero.it",)),
    Provider("seznam", "Seznam", "smtp.seznam.cz", domains=("seznam.cz",)),
    Provider("zoho", "Zoho", "smtp.zoho.com", domains=("zoho.com",), note=_APP_PASSWORD),
    Provider("zoho_eu", "Zoho (Europe)", "smtp.zoho.eu", domains=("zoho.eu",), note=_APP_PASSWORD),
    Provider("yandex", "Yandex", "smtp.yandex.com", domains=("yandex.com", "yandex.ru"),
             note=_APP_PASSWORD),
    Provider("rackspace", "Rackspace", "secure.emailsrvr.com"),
    Provider("sendgrid", "SendGrid", "smtp.sendgrid.net", 587, STARTTLS_STRICT, user="apikey",
             note="The password is an API key."),
    Provider("mailgun", "Mailgun", "smtp.mailgun.org", 587, STARTTLS_STRICT,
             note="Accounts in Europe use smtp.eu.mailgun.org."),
    Provider("postmark", "Postmark", "smtp.postmarkapp.com", 587, STARTTLS_STRICT, user="",
             note="User name and password are both the server's API token."),
    Provider("brevo", "Brevo", "smtp-relay.brevo.com", 587, STARTTLS_STRICT,
             note="The password is an SMTP key."),
    Provider("mailjet", "Mailjet", "in-v3.mailjet.com", 587, STARTTLS_STRICT, user="",
             note="User name and password are the API key and the secret key."),
    Provider("ses", "Amazon SES", "email-smtp.eu-west-1.amazonaws.com", 587, STARTTLS_STRICT,
             user="", note="The host names your region; user and password are SMTP credentials."),
)  # fmt: skip

PROVIDERS: dict[str, Provider] = {one.key: one for one in _LIST}
"""Key → provider."""


def provider_of(address_or_host: str) -> Provider | None:
    """Return the provider an address belongs to, or the one a host name is of; None: unknown."""
    text = address_or_host.strip().casefold()
    domain = text.rpartition("@")[2]
    for provider in _LIST:
        if ("@" in text and domain in provider.domains) or text == provider.host:
            return provider
    return None
