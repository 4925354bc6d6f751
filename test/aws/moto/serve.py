"""A moto server on a port of its own on the loopback interface; says which, and ends with its caller."""

import sys

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# Closed when whoever started this is gone, however that came about.
sys.stdin.read()
server.stop()
