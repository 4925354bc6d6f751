import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IMAGES } from '#core/cluster/images.ts';
import { runCommand } from '#local/generators/command.ts';
import { pythonEnvironment } from '#test/support/python-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepbench-synth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With everything on that a configuration file can turn on. */
const FULL = {
  clusterName: 'nightly',
  network: { natGateways: 3, interfaceEndpoints: ['sts', 'eks'], flowLogs: true, cidr: '172.20.0.0/16' },
  results: { retain: false, artifactTieringDays: 7, oldVersionDays: 3, scannedMegabytesLimit: 100 },
  cluster: { publicAccessCidrs: ['203.0.113.0/24'] },
  images: {
    digests: { [IMAGES.engine]: `sha256:${'0'.repeat(64)}` },
    pullThrough: { 'public.ecr.aws': 'ecr-public', 'docker.io': 'docker-hub' },
  },
  logRetentionDays: 90,
  emails: ['somebody@example.com'],
  monthlyBudgetUsd: 500,
  schedules: [
    {
      name: 'nightly',
      expression: 'cron(30 2 * * ? *)',
      timeZone: 'Europe/Zurich',
      matrix: JSON.parse(readFileSync('examples/g5-gpt-oss-20b.json', 'utf8')),
    },
  ],
};

/** The cdk command as a person calls it, on a machine without credentials, home and network. */
async function synth(name: string, ...args: string[]): Promise<string> {
  const output = join(folder, name);
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    CI: 'true',
  } as NodeJS.ProcessEnv;
  const cdk = join('node_modules', 'aws-cdk', 'bin', 'cdk');
  const all = [cdk, 'synth', '--quiet', '--no-notices', '--app', `${process.execPath} infra/app.ts`, ...args];
  const ended = await runCommand(process.execPath, [...all, '--output', output], { timeoutSeconds: 600, environment });
  if (ended.code !== 0) throw new Error(ended.stderr.slice(-4000));
  return output;
}

let plain: string;
let again: string;
let full: string;

beforeAll(async () => {
  const config = join(folder, 'full.json');
  writeFileSync(config, JSON.stringify(FULL));
  plain = await synth('plain');
  again = await synth('again');
  full = await synth('full', '--context', 'stackName=Everything', '--context', `config=${config}`);
}, 900_000);

const templateIn = (output: string): string => {
  const name = readdirSync(output).find((file) => file.endsWith('.template.json')) as string;
  return readFileSync(join(output, name), 'utf8');
};

describe('cdk synth, without credentials or network', () => {
  it('gives the same template and the same bundles each time', () => {
    expect(templateIn(again)).toBe(templateIn(plain));
    expect(readdirSync(again).sort()).toEqual(readdirSync(plain).sort());
  });

  it('bakes in no account and no region', () => {
    for (const output of [plain, full]) {
      // Where zones are to be named, by the regions that have one which EKS refuses.
      const { Rules: _, ...template } = JSON.parse(templateIn(output));
      expect(JSON.stringify(template)).not.toMatch(/(?<![\da-f])\d{12}(?![\da-f])|\b(us|eu|ap|sa|ca)-[a-z]+-\d\b/);
    }
  });

  it('fits into what CloudFormation takes', () => {
    for (const output of [plain, full]) {
      expect(Buffer.byteLength(templateIn(output))).toBeLessThan(1_000_000);
      expect(Object.keys(JSON.parse(templateIn(output)).Resources).length).toBeLessThan(500);
    }
  });
});

describe('cfn-lint', () => {
  let python: string;
  beforeAll(async () => {
    python = await pythonEnvironment('cfn-lint', join(import.meta.dirname, 'cfn-lint', 'requirements.txt'));
  }, 900_000);

  /** Without W3005: the CDK states dependencies that references state as well. */
  const options = ['--format', 'parseable', '--ignore-checks', 'W3005'];
  const regions = ['--regions', 'us-east-1', 'eu-central-1', 'ap-northeast-1'];

  /** What Step Functions takes and cfn-lint’s schema of its language does not know yet. */
  const BEHIND = [
    "('QueryLanguage' was unexpected) at 'States/RunSucceeded/QueryLanguage'",
    "'{% $maxConcurrency %}' is not of type 'number'",
  ];

  async function lint(template: string): Promise<string> {
    const file = join(folder, 'linted.json');
    // It reads the state machine's definition as well, but does not substitute in it first.
    writeFileSync(file, template.replaceAll('${Partition}', 'aws'));
    const command = ['-c', 'from cfnlint.runner import main; main()', ...options, ...regions, '--', file];
    const { stdout, stderr } = await runCommand(python, command, { timeoutSeconds: 300 });
    const said = `${stdout}${stderr}`.trim().split('\n');
    return said.filter((line) => !BEHIND.some((known) => line.includes(known))).join('\n');
  }

  it('finds nothing in the stack as it is by default', async () => {
    expect(await lint(templateIn(plain))).toBe('');
  }, 300_000);

  it('finds nothing with everything on', async () => {
    expect(await lint(templateIn(full))).toBe('');
  }, 300_000);

  it('would find a property that is not there', async () => {
    const template = JSON.parse(templateIn(plain));
    const [bucket] = Object.values(template.Resources).filter(
      (one) => (one as { Type: string }).Type === 'AWS::S3::Bucket',
    );
    (bucket as { Properties: Record<string, unknown> }).Properties.Versionned = true;
    expect(await lint(JSON.stringify(template))).toContain('Versionned');
  }, 300_000);
});
