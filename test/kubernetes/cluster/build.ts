/** `node test/kubernetes/cluster/build.ts`: builds the cluster's binary ahead of the tests, and prints where it is. */
import { peerBinary } from './build-peer.ts';

console.log(await peerBinary((message) => console.error(message)));
