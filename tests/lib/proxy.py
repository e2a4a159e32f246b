# SPDX-License-Identifier: Apache-2.0
"""A small reverse proxy in front of a server: what begins with one of its paths is passed on as it came, the
whole target and the Host; everything else is another application's, which answers itself."""
import http.client
import http.server
import threading

OTHER = b"<!doctype html><title>another application</title>"
HOP = {"connection", "keep-alive", "transfer-encoding", "x-forwarded-for"}


class Proxy:
    """with Proxy({"/aims": 8420}) as proxy: … proxy.port"""

    def __init__(self, ports):
        outer = self
        self.ports = ports

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def pass_on(self):
                outer.answer(self)

            do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = do_PUT = pass_on

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def port_of(self, target):
        path = target.split("?")[0]
        for base, port in self.ports.items():
            if path == base or path.startswith(base + "/"):
                return port
        return None

    def answer(self, asked):
        port = self.port_of(asked.path)
        if port is None:
            asked.send_response(200)
            asked.send_header("Content-Type", "text/html")
            asked.send_header("Content-Length", str(len(OTHER)))
            asked.end_headers()
            asked.wfile.write(OTHER)
            return
        headers = {k: v for k, v in asked.headers.items() if k.lower() not in HOP}
        headers["X-Forwarded-For"] = asked.client_address[0]
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            link.request(asked.command, asked.path, body or None, headers)
            reply = link.getresponse()
            self.hand_back(asked, reply)
        except (OSError, http.client.HTTPException):
            asked.close_connection = True
        finally:
            link.close()

    @staticmethod
    def hand_back(asked, reply):
        """As it comes, for an event stream has no end."""
        asked.send_response_only(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in HOP:
                asked.send_header(name, value)
        asked.send_header("Connection", "close")
        asked.close_connection = True
        asked.end_headers()
        while piece := reply.read1(65536):
            asked.wfile.write(piece)
            asked.wfile.flush()
