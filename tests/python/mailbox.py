"""An SMTP server of tests: prints its port, then each mail as one line of JSON. With a word as its argument, it wants the name "coach" and this password.

An address that begins with "full" is refused for the moment, one that begins with "gone" for good. It ends with its standard input.
"""

import asyncio
import email.policy
import json
import sys
from email.parser import BytesParser

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

WORD = sys.argv[1] if len(sys.argv) > 1 else None
full = set()


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 there is nobody of this name"
        if address.startswith("full") and address not in full:
            full.add(address)
            return "450 the mailbox is full, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = BytesParser(policy=email.policy.default).parsebytes(envelope.content)
        seen = {
            "to": envelope.rcpt_tos,
            "from": message["from"],
            "subject": message["subject"],
            "headers": sorted({name.lower() for name in message.keys()}),
            "text": message.get_content(),
            "authenticated": session.authenticated,
        }
        print(json.dumps(seen), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"coach", WORD.encode())
    return AuthResult(success=known, handled=not known)


async def serve():
    def protocol():
        return SMTP(
            Mailbox(),
            authenticator=authenticate if WORD else None,
            auth_required=WORD is not None,
            auth_require_tls=False,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve())
