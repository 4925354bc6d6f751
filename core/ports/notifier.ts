export interface Notification {
  /** At most 100 ASCII characters. */
  subject: string;
  body: string;
  run: string;
  status: string;
}

export interface Notifier {
  publish(notification: Notification): Promise<void>;
}
