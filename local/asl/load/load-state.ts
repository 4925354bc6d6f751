import type { Block, State } from '../run/block.ts';
import type { FieldReader } from './reader.ts';

type LoadBlock = (reader: FieldReader) => Block;

/** Reads the fields of one type of state. Blocks inside it are loaded by the loader that is handed in. */
export type LoadState = (name: string, reader: FieldReader, loadInner: LoadBlock) => State;
