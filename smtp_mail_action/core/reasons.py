"""Why a message or an account got stuck: one key, a sentence, and what to do about it.

The keys are stored; the sentences are English sources that the models translate.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One cause in words."""

    words: str
    """What happened, a whole sentence."""
    advice: str
    """What a person can do, a whole sentence; empty where nothing can be done but wait."""


# The recipient
UNKNOWN_MAILBOX = "unknown_mailbox"
UNKNOWN_DOMAIN = "unknown_domain"
BAD_ADDRESS = "bad_address"
INVALID_ADDRESS = "invalid_address"
MISSING_ADDRESS = "missing_address"
MOVED = "moved"
MAILBOX_DISABLED = "mailbox_disabled"
MAILBOX_FULL = "mailbox_full"
TOO_MANY_RECIPIENTS = "too_many_recipients"
GREYLISTED = "greylisted"
# The message
TOO_BIG = "too_big"
CONTENT_REFUSED = "content_refused"
SPAM = "spam"
SMTPUTF8_UNSUPPORTED = "smtputf8_unsupported"
LOOP = "loop"
EXPIRED = "expired"
BOUNCED = "bounced"
# The sender
SENDER_REFUSED = "sender_refused"
SENDER_UNPROVEN = "sender_unproven"
RELAY_DENIED = "relay_denied"
# The account
AUTH_FAILED = "auth_failed"
AUTH_REQUIRED = "auth_required"
AUTH_UNSUPPORTED = "auth_unsupported"
TLS_REQUIRED = "tls_required"
BLOCKED = "blocked"
RATE_LIMITED = "rate_limited"
THROTTLED = "throttled"
# The server
BUSY = "busy"
SERVER_FULL = "server_full"
SERVER_ERROR = "server_error"
POLICY = "policy"
PROTOCOL = "protocol"
REFUSED_WITHOUT_REASON = "refused_without_reason"
DEFERRED_WITHOUT_REASON = "deferred_without_reason"
# The connection
DNS = "dns"
CONNECTION_REFUSED = "connection_refused"
UNREACHABLE = "unreachable"
TIMEOUT = "timeout"
NO_SMTP = "no_smtp"
DROPPED = "dropped"
DROPPED_AFTER_DATA = "dropped_after_data"
CRASHED = "crashed"
TLS_NOT_OFFERED = "tls_not_offered"
TLS_FAILED = "tls_failed"
TLS_PLAIN_PORT = "tls_plain_port"
CERTIFICATE_SELF_SIGNED = "certificate_self_signed"
CERTIFICATE_EXPIRED = "certificate_expired"
CERTIFICATE_HOST = "certificate_host"
CERTIFICATE_UNTRUSTED = "certificate_untrusted"
CLIENT_CERTIFICATE = "client_certificate"
TRUSTED_FILE = "trusted_file"
DEFECT = "defect"

_ASK_RECIPIENT = "Ask the recipient for another address."
_ASK_PROVIDER = "Ask the provider of the account."

REASONS: dict[str, Reason] = {
    UNKNOWN_MAILBOX: Reason("The mailbox does not exist.", "Check the address for mistakes."),
    UNKNOWN_DOMAIN: Reason(
        "The domain of the address does not exist or receives no mail.",
        "Check the address for mistakes.",
    ),
    BAD_ADDRESS: Reason("The server does not accept the address.", "Check the address."),
    INVALID_ADDRESS: Reason("This is no e-mail address.", "Check the address for mistakes."),
    MISSING_ADDRESS: Reason(
        "The contact has no e-mail address.", "Enter one, then send the message again."
    ),
    MOVED: Reason("The recipient has another address now.", _ASK_RECIPIENT),
    MAILBOX_DISABLED: Reason("The mailbox is closed.", _ASK_RECIPIENT),
    MAILBOX_FULL: Reason("The mailbox is full.", "Ask the recipient to make room."),
    TOO_MANY_RECIPIENTS: Reason("The server takes fewer recipients at once.", ""),
    GREYLISTED: Reason("The server asks to try again later (greylisting).", ""),
    TOO_BIG: Reason(
        "The message is larger than the server accepts.",
        "Send large attachments as links, or set the account's size limit lower.",
    ),
    CONTENT_REFUSED: Reason("The server does not accept the message.", "Check its content."),
    SPAM: Reason(
        "The server takes the message for spam.",
        "Check the content, and the SPF and DKIM records of the sender's domain.",
    ),
    SMTPUTF8_UNSUPPORTED: Reason(
        "The address has letters beyond ASCII, and the server does not support that (SMTPUTF8).",
        "Ask the recipient for an address in plain letters, or use another account.",
    ),
    LOOP: Reason("The message goes round in circles.", "Look for a forwarding that leads back."),
    EXPIRED: Reason("The message was given up after the longest time for attempts.", ""),
    BOUNCED: Reason(
        "The message came back as undeliverable.", "Read the reply, and check the address."
    ),
    SENDER_REFUSED: Reason(
        "The server does not accept the sender address.",
        "Send from an address of this account, or use another account for this sender.",
    ),
    SENDER_UNPROVEN: Reason(
        "The sender's domain does not name this server as its own (SPF, DKIM or DMARC).",
        "Complete the SPF and DKIM records of the sender's domain.",
    ),
    RELAY_DENIED: Reason(
        "The server does not pass mail on to other domains for this account.",
        "Check that the account signs in, and that the sender belongs to it.",
    ),
    AUTH_FAILED: Reason(
        "The server does not accept the user name or the password.",
        "Check both; some providers want an app password or OAuth instead.",
    ),
    AUTH_REQUIRED: Reason(
        "The server wants the account to sign in.", "Set user name and password."
    ),
    AUTH_UNSUPPORTED: Reason(
        "The server offers no way to sign in that this account can use.",
        "Switch encryption on (many servers offer sign-in only then), or choose another method.",
    ),
    TLS_REQUIRED: Reason("The server wants an encrypted connection.", "Set STARTTLS."),
    BLOCKED: Reason(
        "The server refuses this sender's network or address (block list).", _ASK_PROVIDER
    ),
    RATE_LIMITED: Reason(
        "The server says that the account sends too much or too fast.",
        "Set a lower rate for the account.",
    ),
    THROTTLED: Reason("The rate set for the account or the domain is used up.", ""),
    BUSY: Reason("The server is busy or being shut down.", ""),
    SERVER_FULL: Reason("The server has no room at the moment.", ""),
    SERVER_ERROR: Reason("The server reports an error of its own.", _ASK_PROVIDER),
    POLICY: Reason("The server refuses by a rule of its own.", "Read the server's reply."),
    PROTOCOL: Reason("The server did not understand.", "Read the server's reply."),
    REFUSED_WITHOUT_REASON: Reason("The server refused.", "Read the server's reply."),
    DEFERRED_WITHOUT_REASON: Reason("The server asks to try again later.", ""),
    DNS: Reason(
        "The name of the server is not known.", "Check the server's name, and this machine's DNS."
    ),
    CONNECTION_REFUSED: Reason(
        "Nothing answers on this port.", "Check the port: usual are 587, 465 and 25."
    ),
    UNREACHABLE: Reason("The server cannot be reached.", "Check the network and the firewall."),
    TIMEOUT: Reason(
        "The server did not answer in time.",
        "Check port and encryption: a firewall, or TLS on one side only, looks the same.",
    ),
    NO_SMTP: Reason("What answers on this port is no SMTP server.", "Check server and port."),
    DROPPED: Reason("The server closed the connection.", ""),
    DROPPED_AFTER_DATA: Reason(
        "The connection was lost after the message, before the server's answer: "
        "it may have arrived.",
        "Ask the recipient, then mark it as sent or send it again.",
    ),
    CRASHED: Reason(
        "The sending process ended while the message was under way: it may have arrived.",
        "Ask the recipient, then mark it as sent or send it again.",
    ),
    TLS_NOT_OFFERED: Reason(
        "The server does not offer STARTTLS on this port.",
        "Use the port of the provider's instructions, or TLS from the start (port 465).",
    ),
    TLS_FAILED: Reason("No encrypted connection could be agreed on.", _ASK_PROVIDER),
    TLS_PLAIN_PORT: Reason(
        "The port does not speak TLS from the start.",
        "Set STARTTLS for this port, or use port 465.",
    ),
    CERTIFICATE_SELF_SIGNED: Reason(
        "The server's certificate is signed by itself.",
        "Add it to the trusted ones of this machine, or switch validation off for this account.",
    ),
    CERTIFICATE_EXPIRED: Reason(
        "The server's certificate has expired.", "Its owner has to renew it."
    ),
    CERTIFICATE_HOST: Reason(
        "The server's certificate is for another name.",
        "Use the server's name as in the provider's instructions.",
    ),
    CERTIFICATE_UNTRUSTED: Reason(
        "The server's certificate is signed by nobody this machine trusts.",
        "Add the signer to the trusted ones of this machine.",
    ),
    CLIENT_CERTIFICATE: Reason(
        "The account's own certificate or key cannot be used.",
        "Check both files; a key must not be protected by a password.",
    ),
    TRUSTED_FILE: Reason(
        "The account's file of trusted certificates cannot be used.", "Check the file."
    ),
    DEFECT: Reason(
        "The connection could not be opened because of an error in the program.",
        "Read the server's log.",
    ),
}


def words(reason: str) -> str:
    """Return the sentence of a reason."""
    return REASONS[reason].words


def advice(reason: str) -> str:
    """Return what to do about a reason; may be empty."""
    return REASONS[reason].advice
