import { IMAGES } from '#core/cluster/images.ts';
import { stager } from '#core/cluster/stager.ts';
import { uploader } from '#core/cluster/uploader.ts';
import { generatorFor } from '#core/generators/generators.ts';
import { code, table } from './markdown.ts';

/** Who each image's container runs as; undefined for root. */
const USERS: Record<keyof typeof IMAGES, number | undefined> = {
  engine: undefined,
  'genai-perf': generatorFor('genai-perf').user,
  aiperf: generatorFor('aiperf').user,
  uploader: uploader.user,
  stager: stager.user,
  'gpu-exporter': undefined,
};

/** Every image, as it is pinned, and whether Pod Security's `restricted` would take it. */
export const imagesTable = (): string =>
  table(
    ['container', 'image', 'runs as', `${code('restricted')}`],
    Object.entries(IMAGES).map(([name, image]) => {
      const user = USERS[name as keyof typeof IMAGES];
      return [name, code(image), user === undefined ? 'root' : String(user), user === undefined ? 'no' : 'yes'];
    }),
  );
