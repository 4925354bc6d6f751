/** `$(NAME)` as Kubernetes expands it: `$$` is an escaped dollar, and an unknown name stays as it stands. */
export const expand = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$\$|\$\(([^)]*)\)/g, (match, name: string | undefined) =>
    name === undefined ? '$' : Object.hasOwn(variables, name) ? variables[name]! : match,
  );
