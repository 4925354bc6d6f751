// A stand-in for an engine: answers /health, and leaves a grandchild in a session of its own, as badly behaved
// programs do. `deaf` ignores SIGTERM.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const [kind = 'polite'] = process.argv.slice(2);
const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
console.log(JSON.stringify({ pid: process.pid, grandchild: grandchild.pid }));
if (kind === 'deaf') process.on('SIGTERM', () => console.log('heard, ignored'));
const server = createServer((_, response) => response.end('well'));
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ listening: server.address().port })));
