import { DcgmField } from '../engines/dcgm-metrics.ts';
import { VLLM_GAUGES } from '../engines/vllm-metrics.ts';
import { ArtifactName, ExitCode, SCRATCH_FOLDER } from './artifacts.ts';
import { CpuMetric } from './client-cpu.ts';
import { SAMPLE_MARK } from './exposition.ts';
import { type GeneratorInvocation, type Invocation, literal } from './generator.ts';
import { timeLimits } from './time-limits.ts';

/** What the script finds in its environment besides ARTIFACT_DIR and ENGINE_URL; each may be absent. */
const LoadScriptVariable = {
  resetsPrefixCache: 'STEPBENCH_RESET_PREFIX_CACHE',
  gpuMetricsUrl: 'STEPBENCH_GPU_METRICS_URL',
} as const;

const pythonBytes = (names: readonly string[]): string => names.map((name) => `b"${name}",`).join(' ');

/** Rare enough to cost the engine nothing, often enough to see a KV cache fill. */
const SAMPLE_SECONDS = 3;

/**
 * Runs a generator so that the container always ends well and the artifacts say how the generator ended.
 * Fixed text in Python, because that is the one interpreter which AIPerf's image (distroless: no sh, no
 * curl), genai-perf's image and a laptop's venv all have; whatever comes from a matrix arrives in argv.
 *
 * No process group of its own: whoever ends the container's group must reach the generator too. The
 * descendants are remembered before a signal, because perf_analyzer outlives a genai-perf that was ended
 * and goes on sending. One that outlives a genai-perf that was killed becomes the script's own child, on Linux.
 */
const SCRIPT = String.raw`
import ctypes, os, shutil, signal, subprocess, sys, threading, time, urllib.error, urllib.request

split = sys.argv.index("--")
limit, grace = float(sys.argv[1]), float(sys.argv[2])
unset, command = sys.argv[3:split], sys.argv[split + 1:]
folder = os.environ["ARTIFACT_DIR"]
scratch = os.path.join(folder, "${SCRATCH_FOLDER}")
os.makedirs(scratch, exist_ok=True)
environment = {name: value for name, value in os.environ.items() if name not in unset}

GAUGES = (${pythonBytes(VLLM_GAUGES)})
GPU_FIELDS = (${pythonBytes(Object.values(DcgmField))})
gpu_url = os.environ.get("${LoadScriptVariable.gpuMetricsUrl}")

def path(name):
    return os.path.join(folder, name)

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def engine(route):
    return os.environ["ENGINE_URL"].rstrip("/") + route

def get(url, patience=5):
    with opener.open(url, timeout=patience) as answer:
        return answer.read(16 * 1024 * 1024)

def reset_prefix_cache():
    try:
        with opener.open(urllib.request.Request(engine("/reset_prefix_cache"), method="POST"), timeout=30) as answer:
            said = str(answer.status) + " " + answer.read(4096).decode(errors="replace")
    except urllib.error.HTTPError as error:
        said = str(error.code) + " " + str(error.reason)
    except Exception as error:
        said = "no answer: " + str(error)
    with open(path("${ArtifactName.prefixCacheReset}"), "w") as file:
        file.write(said.strip() + "\n")

def scrape(name, patience=5):
    try:
        body = get(engine("/metrics"), patience)
        with open(path(name), "wb") as file:
            file.write(body)
        return True
    except Exception as error:
        print("no engine metrics for", name + ":", error, flush=True)
        return False

def lines_of(url, names, patience=5):
    return b"".join(line for line in get(url, patience).splitlines(True) if line.startswith(names))

def cpu():
    with open("/proc/stat") as file:
        times = [int(part) / os.sysconf("SC_CLK_TCK") for part in file.readline().split()[1:9]]
    busy = sum(times) - times[3] - times[4]
    return ("${CpuMetric.busy} %f\n${CpuMetric.all} %f\n" % (busy, sum(times))).encode()

def keep(name, look):
    try:
        said, now = look(), time.time()
        with open(path(name), "ab") as file:
            file.write(b"${SAMPLE_MARK}%.3f\n" % now + said)
    except Exception:
        pass

def clock():
    readings = []
    for _ in range(3):
        before, wall, after = time.monotonic(), time.time(), time.monotonic()
        readings.append((after - before, wall, (before + after) / 2))
    _, wall, monotonic = min(readings)
    with open(path("${ArtifactName.clock}"), "a") as file:
        file.write("%.6f %.6f\n" % (wall, monotonic))

def sample():
    clock()
    keep("${ArtifactName.clientCpu}", cpu)
    if sampling:
        keep("${ArtifactName.metricsDuring}", lambda: lines_of(engine("/metrics"), GAUGES))
    if gpu_url:
        keep("${ArtifactName.gpuMetrics}", lambda: lines_of(gpu_url, GPU_FIELDS, 1))

ended = threading.Event()

def sampler():
    while not ended.is_set():
        sample()
        ended.wait(${SAMPLE_SECONDS})

def parents():
    if os.path.isdir("/proc/self"):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/" + pid + "/stat") as file:
                    yield int(pid), int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    else:
        for line in subprocess.check_output(["ps", "-axo", "pid=,ppid="], text=True).splitlines():
            pid, parent = line.split()
            yield int(pid), int(parent)

def family(root):
    found, table = {root}, list(parents())
    grew = True
    while grew:
        more = {pid for pid, parent in table if parent in found} - found
        found, grew = found | more, bool(more)
    return found

def tell(pids, what):
    for pid in pids:
        try:
            os.kill(pid, what)
        except OSError:
            pass

def end(child):
    members = family(child.pid)
    child.send_signal(signal.SIGINT)
    try:
        child.wait(timeout=grace)
    except subprocess.TimeoutExpired:
        members |= family(child.pid)
    tell(members, signal.SIGTERM)
    time.sleep(min(2, grace))
    tell(members, signal.SIGKILL)
    child.wait()

PR_SET_CHILD_SUBREAPER = 36

def adopt_orphans():
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

def end_orphans():
    tell(family(os.getpid()) - {os.getpid()}, signal.SIGKILL)

class Stopped(Exception):
    pass

def stop(number, frame):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise Stopped()

if os.environ.get("${LoadScriptVariable.resetsPrefixCache}") == "1":
    reset_prefix_cache()
clock()
sampling = scrape("${ArtifactName.metricsBefore}")
# Beside the generator, so that an answer that never comes delays no deadline.
samples = threading.Thread(target=sampler, daemon=True)
samples.start()
with open(path("${ArtifactName.stdout}"), "wb") as out, open(path("${ArtifactName.stderr}"), "wb") as err:
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    child = None
    adopt_orphans()
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
        code = child.wait(timeout=limit)
        code = 128 - code if code < 0 else code
    except OSError as error:
        err.write((command[0] + ": " + str(error) + "\n").encode())
        code = ${ExitCode.notInstalled}
    except subprocess.TimeoutExpired:
        end(child)
        code = ${ExitCode.timeLimit}
    except Stopped:
        if child is not None:
            end(child)
        code = ${ExitCode.stopped}
end_orphans()
ended.set()
samples.join(0.2)
keep("${ArtifactName.clientCpu}", cpu)
clock()
# An engine for which the time ran out is not waited for again.
scrape("${ArtifactName.metricsAfter}", 1 if code in (${ExitCode.timeLimit}, ${ExitCode.stopped}) else 5)
shutil.rmtree(scratch, ignore_errors=True)
with open(path("${ArtifactName.exitCode}") + ".tmp", "w") as file:
    file.write(str(code) + "\n")
os.replace(path("${ArtifactName.exitCode}") + ".tmp", path("${ArtifactName.exitCode}"))
for name in ("${ArtifactName.stdout}", "${ArtifactName.stderr}"):
    with open(path(name), "rb") as file:
        file.seek(max(0, os.path.getsize(path(name)) - 2048))
        sys.stdout.buffer.write(file.read())
print("the load generator ended with", code, flush=True)
`;

export interface LoadScriptOptions {
  /** Asks the engine to drop its prefix cache before the cell. Only for an engine that nobody else uses. */
  resetsPrefixCache?: boolean;
  /** A DCGM exporter on the engine's node: its own address, since a Service would pick a node. */
  gpuMetricsUrl?: string;
}

/**
 * The load container: needs ARTIFACT_DIR and ENGINE_URL in its environment, before `env`. It exits 0
 * whatever became of the generator. `timeoutSeconds` is the Job's activeDeadlineSeconds.
 */
export function underLoadScript(
  generator: GeneratorInvocation,
  timeoutSeconds: number,
  { resetsPrefixCache = false, gpuMetricsUrl }: LoadScriptOptions = {},
): Invocation {
  const limits = timeLimits(timeoutSeconds);
  return {
    command: ['python3', '-I', '-S', '-c', SCRIPT],
    args: [
      String(limits.generatorSeconds),
      String(limits.graceSeconds),
      ...generator.unset,
      '--',
      ...generator.command,
      ...generator.args,
    ],
    env: {
      ...generator.env,
      ...(resetsPrefixCache ? { [LoadScriptVariable.resetsPrefixCache]: '1' } : {}),
      ...(gpuMetricsUrl === undefined ? {} : { [LoadScriptVariable.gpuMetricsUrl]: literal(gpuMetricsUrl) }),
    },
  };
}
