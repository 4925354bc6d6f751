import { bundle } from './bundle.ts';

const [outdir, ...folders] = process.argv.slice(2);
if (outdir === undefined) throw new Error('usage: main.ts OUTDIR FOLDER...');
await bundle(folders, outdir);
