/** Who may import whom: docs/architecture.md says why. test/imports/ plants violations and sees them found. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const ours = '^(core|lambdas|aws|local|statemachines|infra|report|cli|bench|scripts|test)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle has no bottom: nothing in it can be understood alone.', {}, { circular: true }),
    forbid(
      'core-is-pure',
      'core/ imports nothing of ours from outside.',
      { path: '^core/' },
      { path: ours, pathNot: '^core/' },
    ),
    forbid(
      'core-does-no-io',
      'core/ does no I/O: hashing is all it takes from Node.',
      { path: '^core/' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    ),
    forbid(
      'report-is-pure',
      'report/ turns answers into a page.',
      { path: '^report/' },
      { path: ours, pathNot: '^(core|report)/' },
    ),
    forbid(
      'tasks-see-ports-only',
      'A task is a factory over ports; only its index.ts binds real adapters.',
      { path: '^lambdas/', pathNot: '^lambdas/[^/]+/index[.]ts$' },
      { path: ours, pathNot: '^(core|report|lambdas)/' },
    ),
    forbid(
      'tasks-do-no-io',
      'A task reaches the world through its ports.',
      { path: '^lambdas/', pathNot: 'index[.]ts$' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    ),
    forbid(
      'local-without-aws',
      'The laptop needs no AWS.',
      { path: '^local/' },
      { path: 'node_modules/(aws-cdk-lib|constructs|@aws-sdk)/|^(aws|infra|statemachines)/.*[.]ts$' },
    ),
    forbid(
      'local-looks-down',
      'local/ is beneath the cli.',
      { path: '^local/' },
      { path: '^(cli|bench|scripts|test)/' },
    ),
    forbid(
      'machine-is-core-and-cdk',
      'The machine is made of the task table.',
      { path: '^statemachines/' },
      { path: ours, pathNot: '^(core|statemachines)/' },
    ),
    forbid(
      'cli-without-cdk',
      'The CLI starts quickly, and deploys through the cdk command.',
      { path: '^cli/' },
      { path: 'node_modules/aws-cdk-lib/|^(infra|bench|scripts|test)/' },
    ),
    forbid(
      'aws-is-ports-over-sdk',
      'aws/ implements ports: it knows core and nothing above it.',
      { path: '^aws/' },
      { path: ours, pathNot: '^(core|aws)/' },
    ),
    forbid(
      'infra-is-above-all-but-the-cli',
      'infra/ deploys what the others are; it runs none of it.',
      { path: '^infra/' },
      { path: ours, pathNot: '^(core|statemachines|infra|queries)/' },
    ),
    forbid(
      'sdk-only-in-aws',
      'One place speaks to AWS.',
      { path: ours, pathNot: '^(aws|test/aws)/' },
      { path: 'node_modules/(@aws-sdk|@kubernetes)/' },
    ),
    forbid(
      'nothing-imports-tests',
      'Product code knows no tests.',
      { path: ours, pathNot: '^(test|bench)/' },
      { path: '^test/' },
    ),
    forbid('no-unresolvable', 'An import that resolves to nothing.', {}, { couldNotResolve: true }),
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
    exclude: { path: '^test/imports/planted/' },
  },
};
