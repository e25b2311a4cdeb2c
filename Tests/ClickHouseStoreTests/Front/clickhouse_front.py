"""ClickHouse's HTTP interface, as far as Tocsin uses it, in front of the real engine (chdb). For tests only.

    clickhouse_front.py FOLDER [--certificate PEM --key PEM] [--user NAME --password TEXT]

Prints the port it listens on, and ends when its standard input does.
"""

import argparse
import http.server
import re
import ssl
import sys
import tempfile
import threading
import urllib.parse

import chdb

# What the adapter may set in the address; anything else there would be a mistake.
RESERVED = {"query", "query_id", "database", "wait_end_of_query", "readonly",
            "cancel_http_readonly_queries_on_client_close", "user", "password"}


class Engine:
    """Connections to one database folder, each used by one request at a time."""

    def __init__(self, folder):
        self.folder = folder
        self.idle = []
        self.lock = threading.Lock()

    def take(self):
        with self.lock:
            if self.idle:
                return self.idle.pop()
        return chdb.connect(self.folder)

    def give_back(self, connection):
        with self.lock:
            self.idle.append(connection)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # heads and bodies are written apart
    engine = None
    user = None
    password = None

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.read_chunks() if self.headers.get("Transfer-Encoding") == "chunked" else self.rfile.read(length)
        parameters = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))
        if not self.is_known():
            self.answer(403, b"Code: 516. DB::Exception: default: Authentication failed. (AUTHENTICATION_FAILED)", 516)
            return
        try:
            self.answer(200, self.run(parameters, body))
        except Exception as error:  # chdb raises one kind for everything
            text = str(error)
            code = re.search(r"Code: (\d+)", text)
            self.answer(500, text.encode(), int(code.group(1)) if code else 1002)

    def read_chunks(self):
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def is_known(self):
        if self.user is None:
            return True
        return (self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")) == (self.user, self.password)

    def run(self, parameters, body):
        statement, rows = (parameters["query"], body) if "query" in parameters else (body.decode(), b"")
        mark = f"/*query {parameters.get('query_id', '')}*/ "
        kill = re.fullmatch(r"KILL QUERY WHERE query_id = '([^']*)' ASYNC", statement)
        if kill:
            # The engine numbers its queries itself; ours are known by the mark in front of them.
            statement = (f"KILL QUERY WHERE startsWith(query, '/*query {kill.group(1)}*/') "
                         "AND NOT startsWith(query, 'KILL') ASYNC")
            mark = ""
        settings = ", ".join(
            f"{name} = '{value.replace(chr(92), chr(92) * 2).replace(chr(39), chr(92) + chr(39))}'"
            for name, value in parameters.items() if name not in RESERVED)
        connection = self.engine.take()
        try:
            if "database" in parameters:
                connection.query(f"USE `{parameters['database']}`")
            if settings and not kill:
                format = re.search(r" FORMAT \w+$", statement)
                if format:
                    statement = f"{statement[:format.start()]} SETTINGS {settings}{format.group(0)}"
                elif statement.startswith("SELECT"):
                    statement += f" SETTINGS {settings}"
            if not rows:
                result = connection.query((mark + statement).encode(), "Native")
                return b"" if result is None else result.bytes()
            # Data behind a statement is cut at the largest size of statements, so it comes from a file.
            with tempfile.NamedTemporaryFile() as file:
                file.write(rows)
                file.flush()
                statement = re.sub(r"^(INSERT INTO .*?\)) (SETTINGS .*)", rf"\1 FROM INFILE '{file.name}' \2", statement)
                connection.query((mark + statement).encode(), "Native")
                return b""
        finally:
            self.engine.give_back(connection)

    def answer(self, status, body, code=None):
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("X-ClickHouse-Summary", "{}")
            if code is not None:
                self.send_header("X-ClickHouse-Exception-Code", str(code))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass  # the asker has gone


class FrontServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # connections that break off are part of the tests


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()
    Handler.engine = Engine(options.folder)
    Handler.user, Handler.password = options.user, options.password
    server = FrontServer(("127.0.0.1", options.port), Handler)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
