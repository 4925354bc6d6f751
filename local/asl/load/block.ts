import type { Block, State } from '../run/block.ts';
import { loadChoice } from '../states/choice.ts';
import { loadFail } from '../states/fail.ts';
import { loadMap } from '../states/map.ts';
import { loadParallel } from '../states/parallel.ts';
import { loadPass } from '../states/pass.ts';
import { loadSucceed } from '../states/succeed.ts';
import { loadTask } from '../states/task.ts';
import { loadWait } from '../states/wait.ts';
import type { LoadState } from './load-state.ts';
import type { FieldReader } from './reader.ts';

const loaders: Record<string, LoadState> = {
  Choice: loadChoice,
  Fail: loadFail,
  Map: loadMap,
  Parallel: loadParallel,
  Pass: loadPass,
  Succeed: loadSucceed,
  Task: loadTask,
  Wait: loadWait,
};

/** `StartAt` and `States`, whose names are in the reader's scope; other fields are the caller's. */
export const loadBlock = (reader: FieldReader): Block => {
  const startAt = reader.string('StartAt') ?? '';
  reader.required('StartAt');
  reader.required('States');
  const states = new Map<string, State>();
  if (reader.has('StartAt')) reader.names.goesTo(startAt, `${reader.pointer}/StartAt`);
  if (!reader.has('States')) return { startAt, states };
  const block = reader.inner('States');
  const fields = reader.raw('States');
  for (const name of Object.keys(typeof fields === 'object' && fields !== null ? fields : {})) {
    reader.names.addState(name, `${block.pointer}/${name}`);
    const state = loadState(name, block.inner(name));
    if (state !== undefined) states.set(name, state);
  }
  return { startAt, states };
};

const loadState = (name: string, reader: FieldReader): State | undefined => {
  const type = reader.string('Type');
  readQueryLanguage(reader);
  const load = type === undefined ? undefined : loaders[type];
  if (load === undefined) {
    reader.report('Type', `expected ${Object.keys(loaders).join(', ')}${type === undefined ? '' : `, found ${type}`}`);
    return undefined;
  }
  const state = load(name, reader, loadBlock);
  reader.refuseOthers();
  return state;
};

/** A state may repeat the language of its machine, not change it. */
export const readQueryLanguage = (reader: FieldReader): void => {
  const language = reader.string('QueryLanguage');
  if (language !== undefined && language !== 'JSONata') {
    reader.report('QueryLanguage', `only JSONata is supported, found ${language}`);
  }
};
