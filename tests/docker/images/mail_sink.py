"""A mail server that keeps every mail: SMTP on port 1025, GET /api/v1/messages on port 8025 as Mailpit answers it."""

import asyncio
import json
import os
import ssl
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

kept = []


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"total": len(kept), "messages": kept}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def summary(recipients, data):
    mail = message_from_bytes(data, policy=policy.default)
    files = [part.get_filename() for part in mail.iter_attachments()]
    return {"Subject": mail["Subject"], "To": [{"Address": to} for to in recipients], "Files": files}


async def serve(reader, writer):
    def say(line):
        writer.write(f"{line}\r\n".encode())

    tls, recipients = context(), []
    say("220 sink ESMTP")
    while line := await reader.readline():
        verb = line.decode("utf-8", "replace").strip().upper()
        if verb.startswith("EHLO"):
            say("250-sink")
            if tls:
                say("250-STARTTLS")
            say("250 8BITMIME")
        elif verb == "STARTTLS" and tls:
            say("220 go ahead")
            await writer.drain()
            await writer.start_tls(tls)
        elif verb.startswith("RCPT TO:"):
            recipients.append(line.decode().split("<")[1].split(">")[0])
            say("250 ok")
        elif verb == "DATA":
            say("354 end with a point")
            await writer.drain()
            data = b""
            while (more := await reader.readline()) not in (b".\r\n", b""):
                data += more.removeprefix(b".") if more.startswith(b"..") else more
            kept.append(summary(recipients, data))
            recipients = []
            say("250 kept")
        elif verb == "QUIT":
            say("221 bye")
            break
        else:
            say("250 ok")
        await writer.drain()
    writer.close()


def context():
    if "MP_SMTP_TLS_CERT" not in os.environ:
        return None
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(os.environ["MP_SMTP_TLS_CERT"], os.environ["MP_SMTP_TLS_KEY"])
    return made


async def main():
    threading.Thread(target=ThreadingHTTPServer(("", 8025), Pages).serve_forever, daemon=True).start()
    async with await asyncio.start_server(serve, "", 1025, limit=1 << 24) as server:
        await server.serve_forever()


asyncio.run(main())
