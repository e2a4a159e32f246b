# SPDX-License-Identifier: Apache-2.0
"""A plain HTTP client with sessions: it signs people in, keeps their cookies and sends their CSRF tokens."""
import http.client
import json
import threading
import time

from program import Failed

PREFIX = "/api/v1"


class Answer:
    """What came back."""

    def __init__(self, response, body):
        self.status, self.body = response.status, body
        self.headers = {k.lower(): v for k, v in response.getheaders()}

    @property
    def type(self):
        """The media type without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip()

    @property
    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def codes(self):
        """The codes of the problems it names."""
        if self.type != "application/problem+json":
            return []
        return [one["code"] for one in self.json.get("errors", [])]

    def short(self):
        """For messages."""
        return f"{self.status} {self.body[:1500].decode('utf-8', 'replace')}"


class Listener:
    """An open stream of changes, read by a thread of its own."""

    def __init__(self, link, response):
        self.link, self.response, self.heard, self.over = link, response, [], False
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            for line in self.response:
                if line.startswith(b"data: "):
                    self.heard.append(json.loads(line[6:]))
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass
        self.over = True

    def waits(self, until, patience=20):
        """Whether `until` becomes true of it."""
        end = time.monotonic() + patience
        while not until(self) and time.monotonic() < end:
            time.sleep(0.02)
        return until(self)


class Client:
    """One server, many people. A session is named like its person; "rita#2" is another one of rita's."""

    def __init__(self, server, passwords):
        self.server, self.passwords = server, passwords
        self.sessions = {}
        self.link, self.empty = None, False

    def __enter__(self):
        """Within `with`, all exchanges go over one connection: many more a second."""
        self.link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        return self

    def __exit__(self, *_):
        self.link.close()
        self.link = None

    def raw(self, method, path, body=None, headers=None):
        """One exchange, exactly as given."""
        link = self.link or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            try:
                link.request(method, path, body, headers or {})
            except BrokenPipeError:
                pass  # it had heard enough and has answered
            response = link.getresponse()
            return Answer(response, response.read())
        except (OSError, http.client.HTTPException) as error:
            said = self.server.said()[-6000:]
            raise Failed(f"{method} {path}: {type(error).__name__} {error}\n{said}") from error
        finally:
            if link is not self.link:
                link.close()

    def sign_in(self, who):
        """Opens the session if it is not open yet."""
        if who not in self.sessions:
            email, password = self.passwords[who.split("#")[0]]
            answer = self.raw("POST", PREFIX + "/session",
                              json.dumps({"email": email, "password": password}),
                              {"Content-Type": "application/json"})
            if answer.status != 201:
                raise Failed(f"{who} could not sign in: {answer.short()}")
            cookie = answer.headers["set-cookie"].split(";")[0]
            self.sessions[who] = {"Cookie": cookie, "X-CSRF-Token": answer.json["csrf"]}
        return self.sessions[who]

    def headers_of(self, who):
        """Nobody, "token:aw_…", or a session."""
        if who is None or who == "nobody":
            return {}
        if who.startswith("token:"):
            return {"Authorization": "Bearer " + who[6:]}
        return dict(self.sign_in(who))

    def call(self, who, method, path, body=None, headers=None):
        """One exchange as somebody. A body that is not bytes is sent as JSON; a header that is None is
        left out."""
        sent = self.headers_of(who)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        sent = {k: v for k, v in sent.items() if v is not None}
        if not path.startswith(PREFIX) and not path.startswith("!"):
            path = PREFIX + path
        return self.raw(method, path.lstrip("!"), body, sent)

    def listen(self, who):
        """Opens the stream of changes as somebody."""
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        link.request("GET", PREFIX + "/stream", headers=self.headers_of(who))
        response = link.getresponse()
        if response.status != 200:
            raise Failed(f"{who} may not listen: {response.status}")
        return Listener(link, response)

    def must(self, who, method, path, body=None, headers=None, status=None):
        """The same, and it has to work."""
        answer = self.call(who, method, path, body, headers)
        good = answer.status == status if status else 200 <= answer.status < 300
        if not good:
            raise Failed(f"{who}: {method} {path}: {answer.short()}")
        return answer.json if answer.body and answer.type == "application/json" else answer

    def ledger_size(self):
        """Entries in the ledger, as a session of its own is told. Signing in, once, is an entry; where there
        is nobody yet, there is nothing to count."""
        if "ivan" not in self.passwords or self.empty:
            return 0
        if "ivan#counts" not in self.sessions:
            try:
                self.sign_in("ivan#counts")
            except Failed:
                self.empty = True
                return 0
        return self.must("ivan#counts", "GET", "/session")["size"]
