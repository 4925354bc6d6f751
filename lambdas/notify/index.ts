import { notifier } from '#aws/binding/notifier.ts';
import { store } from '#aws/binding/store.ts';
import { taskHandler } from '#aws/lambda/handler.ts';
import { notify } from './task.ts';

export const handler = taskHandler('Notify', notify({ notifier, store }));
