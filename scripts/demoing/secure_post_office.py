"""The post office with TLS, by certificates made for the occasion; it refuses one mailbox."""

import sys

from aiosmtpd.handlers import Mailbox

from .post_office import SCRIPTS, PostOffice

#: Whom the server does not know.
STRANGER = "nobody@example.com"


class SecurePostOffice(PostOffice):
    """Takes e-mail over TLS only."""

    handler = f"{__name__}.PickyMailbox"

    def options(self):
        """Make the certificates and return the arguments about them."""
        certificates = str(SCRIPTS.parent / "tests")
        if certificates not in sys.path:
            sys.path.append(certificates)
        from smtp_kit.certificates import Authority

        authority = Authority(self.folder)
        #: The file a client has to trust.
        self.trusted = authority.file
        own = str(authority.certificate("server", host="localhost"))
        # Without STARTTLS before it, this server answers MAIL with 530.
        return ["--tlscert", own, "--tlskey", own]


class PickyMailbox(Mailbox):
    """Refuses one address, and notes on each message how it was encrypted."""

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Called by aiosmtpd for each recipient."""
        if address.lower() == STRANGER:
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Called by aiosmtpd with a whole message."""
        cipher = server.transport.get_extra_info("cipher")
        session.encrypted_by = cipher[1] if cipher else "nothing"
        return await super().handle_DATA(server, session, envelope)

    def prepare_message(self, session, envelope):
        """Return the message as it is stored."""
        message = super().prepare_message(session, envelope)
        message["X-Encrypted-By"] = session.encrypted_by
        return message
