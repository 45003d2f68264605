"""A login service that keeps nothing: GET /begin gives a sealed session, GET /check asks with one. Prints its address."""

import http.server
import json
import sys

from countermark import CountermarkError, LoginClient, LoginService, SealKey, SessionSealer

PLACE = {"service_name": "Example", "service_address": "https://example.com"}
client = LoginClient(LoginService(server=sys.argv[1], **PLACE))
# The key is that of every process of the service, and outlives them.
sealer = SessionSealer([SealKey("1", sys.argv[2].encode())], **PLACE)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        visitor = self.headers["x-visitor"]
        try:
            if self.path == "/begin":
                said = {"token": sealer.seal(client.begin("alice").session, visitor)}
            else:
                outcome = client.check(sealer.open(self.headers["x-token"], visitor))
                said = {"outcome": str(outcome.kind).rpartition(".")[2].lower(), "secsignid": outcome.secsign_id}
        except CountermarkError as error:
            said = {"error": error.code}
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
