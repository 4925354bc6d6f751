import type { PodFiles } from '../images.ts';
import type { Container } from '../objects/shapes.ts';

/** A pod's volumes in memory: volume and path in it to body. */
export type Volumes = Map<string, Uint8Array>;

/** The volumes as one container sees them; a path outside every mount is the container's own and is lost with it. */
export function mountedFiles(volumes: Volumes, container: Pick<Container, 'name' | 'volumeMounts'>): PodFiles {
  const mounts = (container.volumeMounts ?? []).toSorted((a, b) => b.mountPath.length - a.mountPath.length);
  const keyOf = (path: string): string => {
    const mount = mounts.find(({ mountPath }) => path === mountPath || path.startsWith(`${mountPath}/`));
    return mount === undefined
      ? `container ${container.name}${path}`
      : `${mount.name}${path.slice(mount.mountPath.length)}`;
  };
  return {
    write: (path, body) => {
      volumes.set(keyOf(path), typeof body === 'string' ? new TextEncoder().encode(body) : body);
    },
    read: (path) => volumes.get(keyOf(path)),
    list: (folder) => {
      const prefix = `${keyOf(folder.replace(/\/$/, ''))}/`;
      const paths = [...volumes.keys()].filter((key) => key.startsWith(prefix));
      return paths.map((key) => key.slice(prefix.length)).sort();
    },
  };
}
