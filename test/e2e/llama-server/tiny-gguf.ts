/**
 * A Llama of half a megabyte with random weights, in the file format of llama.cpp (GGUF version 3, as its
 * specification in ggml's docs has it): enough for a real server to load, and to say nonsense with.
 */
const WIDTH = 64;
const LAYERS = 2;
const HEADS = 4;
const HIDDEN = 128;

const ALIGNMENT = 32;
const TYPE = { uint32: 4, float32: 6, bool: 7, string: 8, array: 9, int32: 5 } as const;
const F32 = 0;

/** A vocabulary of all bytes and the small letters, as SentencePiece's models have one. */
const TOKENS = [
  ...['<unk>', '<s>', '</s>'].map((text, index) => ({ text, type: index === 0 ? 2 : 3 })),
  ...Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    type: 6,
  })),
  ...['▁', ...'abcdefghijklmnopqrstuvwxyz'].map((text) => ({ text, type: 1 })),
];

export function tinyGguf(): Buffer {
  const parts: Buffer[] = [];
  const tensors = tensorList();
  const metadata = metadataList();
  parts.push(Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(metadata.length), ...metadata);
  let offset = 0;
  for (const { name, shape } of tensors) {
    // Dimensions begin with the one that changes fastest.
    parts.push(text(name), uint32(shape.length), ...shape.toReversed().map(uint64), uint32(F32), uint64(offset));
    offset += padded(bytesOf(shape));
  }
  const head = Buffer.concat(parts);
  const random = noise();
  const bodies = tensors.map(({ shape, ones, first }) => {
    const body = Buffer.alloc(padded(bytesOf(shape)));
    for (let at = 0; at < bytesOf(shape); at += 4) body.writeFloatLE(ones ? 1 : random(), at);
    const rowBytes = 4 * (shape.at(-1) as number);
    if (first !== undefined)
      for (let row = 0; row * rowBytes < bytesOf(shape); row++) body.writeFloatLE(first(row), row * rowBytes);
    return body;
  });
  return Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length), ...bodies]);
}

function metadataList(): Buffer[] {
  const number = (name: string, value: number) => Buffer.concat([text(name), uint32(TYPE.uint32), uint32(value)]);
  const string = (name: string, value: string) => Buffer.concat([text(name), uint32(TYPE.string), text(value)]);
  const list = (name: string, type: number, items: Buffer[]) =>
    Buffer.concat([text(name), uint32(TYPE.array), uint32(type), uint64(items.length), ...items]);
  return [
    string('general.architecture', 'llama'),
    number('llama.context_length', 4096),
    number('llama.embedding_length', WIDTH),
    number('llama.block_count', LAYERS),
    number('llama.feed_forward_length', HIDDEN),
    number('llama.attention.head_count', HEADS),
    number('llama.attention.head_count_kv', HEADS),
    number('llama.rope.dimension_count', WIDTH / HEADS),
    number('llama.vocab_size', TOKENS.length),
    Buffer.concat([text('llama.attention.layer_norm_rms_epsilon'), uint32(TYPE.float32), float32(1e-5)]),
    string('tokenizer.ggml.model', 'llama'),
    list(
      'tokenizer.ggml.tokens',
      TYPE.string,
      TOKENS.map((token) => text(token.text)),
    ),
    list(
      'tokenizer.ggml.scores',
      TYPE.float32,
      TOKENS.map(({ type }, index) => float32(type === 1 ? -index : 0)),
    ),
    list(
      'tokenizer.ggml.token_type',
      TYPE.int32,
      TOKENS.map(({ type }) => uint32(type)),
    ),
    number('tokenizer.ggml.bos_token_id', 1),
    number('tokenizer.ggml.eos_token_id', 2),
    number('tokenizer.ggml.unknown_token_id', 0),
    Buffer.concat([text('tokenizer.ggml.add_bos_token'), uint32(TYPE.bool), Buffer.from([1])]),
  ];
}

interface Tensor {
  name: string;
  shape: number[];
  ones: boolean;
  /** Of each row. */
  first?: (row: number) => number;
}

function tensorList(): Tensor[] {
  const matrix = (name: string, rows: number, columns: number): Tensor => ({
    name: `${name}.weight`,
    shape: [rows, columns],
    ones: false,
  });
  const norm = (name: string): Tensor => ({ name: `${name}.weight`, shape: [WIDTH], ones: true });
  const layer = (n: number) => [
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => matrix(`blk.${n}.${name}`, WIDTH, WIDTH)),
    matrix(`blk.${n}.ffn_gate`, HIDDEN, WIDTH),
    matrix(`blk.${n}.ffn_up`, HIDDEN, WIDTH),
    matrix(`blk.${n}.ffn_down`, WIDTH, HIDDEN),
    norm(`blk.${n}.attn_norm`),
    norm(`blk.${n}.ffn_norm`),
  ];
  return [
    // One direction says "letter" whatever came before: single bytes would be no text.
    { ...matrix('token_embd', TOKENS.length, WIDTH), first: () => 3 },
    { ...matrix('output', TOKENS.length, WIDTH), first: (row: number) => (TOKENS[row]?.type === 1 ? 1 : -1) },
    norm('output_norm'),
    ...Array.from({ length: LAYERS }, (_, n) => layer(n)).flat(),
  ];
}

/** Small numbers around 0, always the same. */
function noise(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.2;
  };
}

const bytesOf = (shape: readonly number[]): number => 4 * shape.reduce((product, size) => product * size, 1);
const padded = (size: number): number => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function float32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return buffer;
}

const text = (value: string): Buffer => Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
