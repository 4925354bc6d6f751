import { PROBE_ARTIFACT } from '../engines/endpoint-answer.ts';
import type { EndpointType } from '../plan/types.ts';
import { ArtifactName, SCRATCH_FOLDER } from './artifacts.ts';
import { type Invocation, literal } from './generator.ts';

/** Seconds for one answer of a few tokens, however cold the server is. */
const PROBE_SECONDS = 60;

/** Of an answer, no more is read; enough for any list of models. */
const MOST_BYTES = 65_536;

/**
 * For the end of a connection to come after the end of an answer. llama.cpp's server promises to keep one, and ends
 * it after every stream: a request that is sent on it at once is lost, now and then, and nobody sends it again.
 */
const CLOSING_SECONDS = 1;

/**
 * Around the load script, when a server is measured that runs already. First it asks for one short answer, as
 * the load will: what a server refuses once it refuses a thousand times, and nothing is measured. A second one
 * tells whether connections can be used again. At the end it takes the values of the headers out of every artifact, in whatever form a generator or a server wrote them.
 *
 * Python for the same reasons as the load script. What it prints may be kept by the kubelet, so it is cleaned too.
 */
const SCRIPT = String.raw`
import base64, http.client, json, os, re, signal, ssl, subprocess, sys, time, urllib.error, urllib.parse, urllib.request

split = sys.argv.index("--")
spec, command = json.loads(sys.argv[1]), sys.argv[split + 1:]
folder, base = os.environ["ARTIFACT_DIR"], os.environ["ENGINE_URL"].rstrip("/")
os.makedirs(folder, exist_ok=True)
environment = dict(os.environ)
headers = {}
for name, variable in spec["headers"].items():
    headers[name] = environment[variable] = os.environ[variable].strip()

SHORTEST = 6
MARK = b"<redacted>"

def inside(secret, offset):
    encoded = base64.b64encode(b"\0" * offset + secret).decode()
    return encoded[-(-offset * 8 // 6):(offset + len(secret)) * 8 // 6]

def forms():
    found = set()
    for value in headers.values():
        for secret in {value, value.split(" ", 1)[-1].strip()}:
            if len(secret) < SHORTEST:
                continue
            escaped = json.dumps(secret)[1:-1]
            twice = json.dumps(escaped)[1:-1]
            thrice = json.dumps(twice)[1:-1]
            quoted = urllib.parse.quote(secret, safe="")
            coded = [inside(secret.encode(), offset) for offset in range(3)]
            websafe = [form.replace("+", "-").replace("/", "_") for form in coded]
            for form in (secret, escaped, twice, thrice, quoted, quoted.replace("%20", "+"), repr(secret)[1:-1], *coded, *websafe):
                if len(form) >= SHORTEST:
                    found.add(form.encode())
    return sorted(found, key=len, reverse=True)

SECRETS = forms()
OVERLAP = max((len(form) for form in SECRETS), default=1) - 1
PATTERN = re.compile(b"|".join(re.escape(form) for form in SECRETS), re.IGNORECASE) if SECRETS else None

def cleaned(data):
    return PATTERN.sub(MARK, data) if PATTERN else data

def clean(path):
    with open(path, "rb") as source, open(path + ".clean", "wb") as target:
        rest = b""
        while True:
            chunk = source.read(1024 * 1024)
            data = cleaned(rest + chunk)
            if not chunk:
                target.write(data)
                break
            rest = data[len(data) - OVERLAP:] if OVERLAP else b""
            target.write(data[:len(data) - len(rest)])
    os.replace(path + ".clean", path)

def clean_all():
    if SECRETS:
        for place, _, names in os.walk(folder):
            for name in names:
                clean(os.path.join(place, name))

context = ssl.create_default_context()
if spec["ca"]:
    context.load_verify_locations(cadata=spec["ca"])

def trust():
    scratch = os.path.join(folder, "${SCRATCH_FOLDER}")
    os.makedirs(scratch, exist_ok=True)
    bundle = os.path.join(scratch, "ca-certificates.pem")
    system = ssl.get_default_verify_paths().cafile
    with open(bundle, "w") as file:
        file.write(spec["ca"] + "\n")
        if system and os.path.isfile(system):
            with open(system) as more:
                file.write(more.read())
    environment["SSL_CERT_FILE"] = bundle

class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *rest):
        return None

opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), NoRedirect(), urllib.request.HTTPSHandler(context=context))

def network(cause):
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "certificate"
    for kind, name in ((ssl.SSLError, "tls"), (ConnectionRefusedError, "refused"), (TimeoutError, "timeout"),
                       (ConnectionError, "closed"), (urllib.error.URLError, "unreachable")):
        if isinstance(cause, kind):
            return name
    return "no-such-host" if type(cause).__name__ == "gaierror" else "unreachable"

def ask(path, body=None):
    request = urllib.request.Request(
        base + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json", **headers})
    try:
        try:
            answer = opener.open(request, timeout=${PROBE_SECONDS})
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return {
                "status": answer.status,
                "contentType": answer.headers.get("content-type", ""),
                "location": answer.headers.get("location", ""),
                # Cleaned before it is cut: half of a value would stay.
                "body": cleaned(answer.read(${MOST_BYTES} + OVERLAP))[:${MOST_BYTES}].decode("utf-8", "replace"),
            }
    except Exception as error:
        cause = getattr(error, "reason", error)
        return {"network": network(cause), "message": cleaned(str(cause).encode()).decode(errors="replace")[:300]}

def is_model(said):
    a, b = spec["body"]["model"].lower(), said.lower()
    if a == b or a.endswith("/" + b) or b.endswith("/" + a):
        return True
    return b.startswith(a) and re.match(r"[-:@](?:[0-9]|latest$)", b[len(a):]) is not None

def served(models):
    try:
        return [one["id"] for one in json.loads(models["body"])["data"]] if models.get("status") == 200 else []
    except Exception:
        return []

def answers(got, models):
    try:
        body = json.loads(got["body"])
        if got.get("status") != 200 or not isinstance(body["choices"], list):
            return False
    except Exception:
        return False
    listed = served(models)
    if listed and not any(is_model(str(one)) for one in listed):
        return False
    said = body.get("model")
    return not isinstance(said, str) or said == "" or is_model(said)

def probe():
    for wait in (2, 5, None):
        got = ask(spec["path"], spec["body"])
        if wait is None or got.get("status") not in (429, 502, 503, 504):
            break
        time.sleep(wait)
    models = ask("/v1/models")
    if answers(got, models):
        return True
    with open(os.path.join(folder, "${PROBE_ARTIFACT}"), "w") as file:
        json.dump({"completion": got, "models": models}, file)
    return False

def closes_unsaid():
    to = urllib.parse.urlsplit(base)
    kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
    options = {"context": context} if to.scheme == "https" else {}
    connection = kind(to.hostname, to.port, timeout=${PROBE_SECONDS}, **options)
    try:
        connection.request("POST", to.path + spec["path"], json.dumps({**spec["body"], **spec["streams"]}),
                           {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        announced = answer.will_close
        answer.read()
        if announced or answer.status != 200:
            return False
        connection.sock.settimeout(${CLOSING_SECONDS})
        return connection.sock.recv(1) == b""
    except (ConnectionResetError, ssl.SSLEOFError):
        return True
    except Exception:
        return False
    finally:
        connection.close()

if not probe():
    clean_all()
    with open(os.path.join(folder, "${ArtifactName.exitCode}"), "w") as file:
        file.write("1\n")
    print("the endpoint did not answer as it should; see ${PROBE_ARTIFACT}", flush=True)
    sys.exit(0)

if spec["ca"]:
    trust()
if closes_unsaid():
    print("the endpoint closes its connections after each answer: every request has a new one", flush=True)
    environment.update(spec["newConnections"])
child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, frame: child.send_signal(signal.SIGTERM))
said, _ = child.communicate()
clean_all()
sys.stdout.buffer.write(cleaned(said))
sys.stdout.buffer.flush()
sys.exit(child.returncode if child.returncode >= 0 else 128 - child.returncode)
`;

/** What the load will ask for, in small. */
export interface ProbeSpec {
  model: string;
  endpoint: EndpointType;
  pinsOutputLength: boolean;
}

interface EndpointLoad extends ProbeSpec {
  headers: Record<string, string>;
  streaming: boolean;
  newConnections: Record<string, string>;
  caCertificates?: string;
}

const PROBE_TOKENS = 8;

export const probePath = (endpoint: EndpointType): string =>
  endpoint === 'chat' ? '/v1/chat/completions' : '/v1/completions';

/** With the fields that the load sends: a server that refuses one of them is found out. */
export const probeBody = ({ model, endpoint, pinsOutputLength }: ProbeSpec): object => ({
  model,
  ...(endpoint === 'chat'
    ? { messages: [{ role: 'user', content: 'Hello' }], max_completion_tokens: PROBE_TOKENS }
    : { prompt: 'Hello', max_tokens: PROBE_TOKENS }),
  ...(pinsOutputLength ? { ignore_eos: true, min_tokens: PROBE_TOKENS } : {}),
});

/**
 * @param headers names of the headers, to the variables of the container that hold their values.
 * @param newConnections variables that have the generator open a connection for each request.
 * @param caCertificates PEM, trusted besides the system's.
 */
export function underEndpointScript(inner: Invocation, { headers, caCertificates, ...rest }: EndpointLoad): Invocation {
  const { streaming, newConnections, ...probe } = rest;
  const spec = {
    headers,
    ca: caCertificates ?? null,
    path: probePath(probe.endpoint),
    body: probeBody(probe),
    streams: streaming ? { stream: true } : {},
    newConnections,
  };
  return {
    command: ['python3', '-I', '-S', '-c', SCRIPT],
    args: [literal(JSON.stringify(spec)), '--', ...inner.command, ...inner.args],
    env: inner.env,
  };
}
