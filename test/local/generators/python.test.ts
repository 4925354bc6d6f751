import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPython } from '#local/generators/python.ts';
import { programs } from './fake-programs.ts';

const answering = (path: string, version: string) => `echo ${path}; echo ${version}`;

describe('the Python for the load generator', () => {
  it('is asked for its version, not believed by its name', async () => {
    const PATH = await programs({
      'python3.12': `${answering('/shim/python3.12', '3.12.1')}; exit 127`,
      'python3.11': answering('/usr/bin/python3.9', '3.9.2'),
      python3: answering('/opt/py/bin/python3.13', '3.13.1'),
    });
    expect(await findPython({ PATH })).toEqual({ path: '/opt/py/bin/python3.13', version: '3.13.1' });
  });

  it('is the one that was named, and no other', async () => {
    const PATH = await programs({ 'python3.12': answering('/a', '3.12.0'), mine: answering('/mine', '3.11.2') });
    expect(await findPython({ PATH, STEPBENCH_PYTHON: join(PATH, 'mine') })).toMatchObject({ path: '/mine' });
    await expect(findPython({ PATH, STEPBENCH_PYTHON: join(PATH, 'not-there') })).rejects.toThrow(/does not answer/);
  });

  it.each([
    ['there is none', {}, /Python 3\.11 to 3\.13, and there is none\. Install one/],
    [
      'all are too old or too new',
      { python3: answering('/a', '3.10.4'), python: answering('/b', '3.14.0') },
      /python3 is 3\.10\.4, python is 3\.14\.0/,
    ],
  ])('is missed with what was found and what to do when %s', async (_, scripts, message) => {
    await expect(findPython({ PATH: await programs(scripts) })).rejects.toThrow(message);
  });
});
