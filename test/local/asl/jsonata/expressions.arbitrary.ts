import fc from 'fast-check';

/** JSON over few keys and values, so that paths meet something: objects, nested arrays, null, mixed types. */
export const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, false, 0, 1, 2, -1, 1.5, 0.1, 1e21, '', 'a', 'b', '1', 'x y'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'x y', '1'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

const literal = fc.constantFrom('0', '1', '2', '-1', '1.5', '0.1', '"a"', '"b"', '""', '"1"', 'true', 'false', 'null');
const name = fc.constantFrom('a', 'b', 'c', '"x y"');
const variable = fc.constantFrom('$v', '$w', '$missing', '$states.input', '$states.context', '$states.input.a');
const operator = fc.constantFrom('+', '-', '*', '/', '%', '=', '!=', '<', '<=', '>', '>=', '&', 'and', 'or', 'in');
const unaryFunction = fc.constantFrom(
  ...['count', 'sum', 'max', 'min', 'average', 'string', 'exists', 'not', 'boolean', 'number', 'length', 'uppercase'],
  ...['keys', 'distinct', 'reverse', 'merge', 'spread', 'type', 'floor', 'abs', 'round', 'trim', 'sqrt', 'zip'],
  ...['map', 'sort'],
);
const binaryFunction = fc.constantFrom(
  'append',
  'lookup',
  'join',
  'substring',
  'substringAfter',
  'power',
  'round',
  'pad',
);

/** Sources of JSONata in the forms that state machines use, and in some that they should not. */
export const source = fc.letrec<{ expression: string; path: string; inner: string }>((tie) => {
  const step = fc.oneof(
    { weight: 4, arbitrary: name.map((of) => `.${of}`) },
    fc.integer({ min: -2, max: 2 }).map((position) => `[${position}]`),
    tie('inner').map((predicate) => `[${predicate}]`),
    fc.tuple(name, tie('inner')).map(([key, value]) => `.{"k": ${key}, "l": ${value}}`),
    fc.constantFrom(
      '.$string()',
      '.$count()',
      '.$',
      '.(a)',
      '.$keys()',
      '[]',
      '.*',
      '.[a]',
      '^(a)',
      '{a: b}',
      '.(a; b)',
    ),
  );
  return {
    path: fc
      .tuple(
        fc.oneof(
          variable,
          tie('expression').map((of) => `(${of})`),
        ),
        fc.array(step, { maxLength: 4 }),
      )
      .map(([start, steps]) => start + steps.join('')),
    /** Where `$` and bare names mean something. */
    inner: fc.oneof(
      { maxDepth: 2 },
      name,
      fc.constant('$'),
      literal,
      fc.tuple(name, operator, literal).map((parts) => parts.join(' ')),
      fc.tuple(fc.constantFrom('$', 'a', 'b.c'), operator, tie('expression')).map((parts) => parts.join(' ')),
      tie('expression'),
    ),
    expression: fc.oneof(
      { maxDepth: 4 },
      literal,
      variable,
      tie('path'),
      tie('path'),
      fc.tuple(tie('expression'), operator, tie('expression')).map(([left, of, right]) => `(${left} ${of} ${right})`),
      fc.tuple(tie('expression'), tie('expression'), tie('expression')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} ? ${b})`),
      fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{"p": ${a}, "q": ${b}}`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `{$string(${a}): ${b}}`),
      tie('expression').map((of) => `-(${of})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}; ${b})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `[${a}..${b}]`),
      fc.tuple(unaryFunction, tie('expression')).map(([of, argument]) => `$${of}(${argument})`),
      fc.tuple(binaryFunction, tie('expression'), tie('expression')).map(([of, a, b]) => `$${of}(${a}, ${b})`),
    ),
  };
}).expression;
