import { grantsTable } from './grants.ts';
import { imagesTable } from './images.ts';
import { kubernetesTable } from './kubernetes.ts';
import { rolesTable } from './roles.ts';
import { defaultTemplate } from './template.ts';

/** What docs/security.md says in tables, by the names of the marks between which each stands. */
export const securityTables = (): Record<string, string> => ({
  grants: grantsTable(),
  roles: rolesTable(defaultTemplate()),
  rbac: kubernetesTable(),
  images: imagesTable(),
});
