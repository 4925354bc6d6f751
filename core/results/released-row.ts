import type { DeploymentRow } from './deployment-columns.ts';
import { timestamp } from './row-parts.ts';

/**
 * A node's row once it is proven gone: the seconds since the end of its work were those of its release.
 * `releasedAt` is an ISO time.
 */
export function withRelease(row: DeploymentRow, releasedAt: string): DeploymentRow {
  if (row.launched_at === null) return { ...row, released_at: timestamp(releasedAt) };
  const workedSeconds = row.node_s - row.release_s;
  const lifeSeconds = (Date.parse(releasedAt) - Date.parse(row.launched_at)) / 1000;
  const release_s = Math.max(0, lifeSeconds - workedSeconds);
  const usdPerSecond = ((row.price_usd_per_hour ?? 0) + (row.fee_usd_per_hour ?? 0)) / 3600;
  return {
    ...row,
    released_at: timestamp(releasedAt),
    release_s,
    release_usd: release_s * usdPerSecond,
    node_s: workedSeconds + release_s,
    total_usd: (workedSeconds + release_s) * usdPerSecond,
  };
}
