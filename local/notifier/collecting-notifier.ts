import type { Notification, Notifier } from '#core/ports/notifier.ts';

/** Keeps what was published: locally the command line is the subscriber. */
export function collectingNotifier(): Notifier & { readonly published: Notification[] } {
  const published: Notification[] = [];
  return { published, publish: async (notification) => void published.push(notification) };
}
