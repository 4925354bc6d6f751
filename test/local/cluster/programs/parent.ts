/** A run that will be killed: starts an engine on the process kubelet and says which processes there are. */

import { pidsOf, processCloud } from '../process-cloud.ts';
import { untilIn } from '../until.ts';
import { engineManifests } from '../virtual-cloud.ts';

const { clock, cluster, workDir } = await processCloud();
const { pool, job } = engineManifests(clock);
await cluster.apply(pool);
await cluster.apply(job);
await untilIn(clock, { stepMs: 20, limitMs: 20_000 })(async () => (await pidsOf(cluster, job)).length === 2);
console.log(JSON.stringify({ pids: await pidsOf(cluster, job), workDir }));
