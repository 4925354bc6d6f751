import { join } from 'node:path';
import { pythonEnvironment } from '#test/support/python-environment.ts';

/**
 * A Python with moto's server for the services that are used here: 25 MB to download, once.
 * @returns the path of that Python.
 */
export const installMoto = (): Promise<string> =>
  pythonEnvironment('moto', join(import.meta.dirname, 'requirements.txt'));
