"""Python Keystone's public application on the configuration file given, on a loopback port that it prints."""

import os
import sys
from wsgiref import simple_server

# Keystone reads what is left of the command line itself.
os.environ['OS_KEYSTONE_CONFIG_FILES'] = sys.argv.pop()

from keystone.server.wsgi import initialize_public_application  # noqa: E402


class Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


server = simple_server.make_server('127.0.0.1', 0, initialize_public_application(), handler_class=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
