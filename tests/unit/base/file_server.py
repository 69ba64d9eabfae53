#!/usr/bin/env python3
"""A server for fetch_test.cc on a free port of this machine, which it prints; ends when its standard input does.

    file_server.py FOLDER LOG

GET /x/NAME gives FOLDER/NAME and appends "NAME <Range header>" to LOG. /plain/NAME ignores the range, /slow/NAME takes half a
second, and a name that is not in FOLDER is 404.
"""
import http.server
import pathlib
import sys
import threading
import time

folder, log = map(pathlib.Path, sys.argv[1:])


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        mode, name = self.path.split("/")[-2:]
        wanted = self.headers.get("Range", "")
        with log.open("a") as lines:
            lines.write(f"{name} {wanted}\n")
        if not (folder / name).is_file():
            return self.send_error(404)
        data = (folder / name).read_bytes()
        begin = int(wanted[len("bytes="):].rstrip("-")) if wanted and mode != "plain" else 0
        if begin >= len(data):
            return self.send_error(416)
        if mode == "slow":
            time.sleep(0.5)
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        self.wfile.write(data[begin:])

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdout.write(f"{server.server_port}\n")  # one write: the reader waits for no second
sys.stdout.flush()
sys.stdin.read()
