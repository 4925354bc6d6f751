import type { Prices, Quotas } from '#core/ports/prices.ts';
import { quote } from '#core/pricing/quote.ts';

/** The checked-in table: what a laptop knows of AWS's prices. */
export const tablePrices: Prices = { quote: async (request) => quote(request) };

/** A laptop has no account, and so no quota. */
export const noQuotas: Quotas = { vcpuLimit: async () => undefined };
