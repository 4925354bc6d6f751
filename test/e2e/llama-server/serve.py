"""serve.py MODEL KEY PREFIX: llama.cpp's own OpenAI-compatible server on a free port, until it is ended."""

import json
import os
import signal
import socket
import sys

import xllamacpp

model, key, prefix = sys.argv[1:4]
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]

params = xllamacpp.CommonParams()
params.model.path = model
params.model_alias = {"tiny"}
params.n_ctx = 8192
params.n_parallel = 4
# Its threads wait for each other by spinning: on a busy machine a word of this small model took a second.
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
params.hostnames = ["127.0.0.1"]
params.port = port
params.api_keys = [key]
params.api_prefix = prefix
server = xllamacpp.Server(params)
print(json.dumps({"listening": f"http://127.0.0.1:{port}{prefix}"}), flush=True)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
os._exit(0)
