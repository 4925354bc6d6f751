import {
  type Filter,
  GetProductsCommand,
  type GetProductsCommandOutput,
  type PricingClient,
} from '@aws-sdk/client-pricing';
import * as z from 'zod/mini';
import { ErrorName, UnknownPriceError } from '#core/workflow/errors.ts';
import { calling } from '../errors/aws-error.ts';

export interface ListedPrice {
  usdPerHour: number;
  sku: string;
  /** ISO date from which it holds. */
  effectiveAt: string;
}

interface Question {
  /** For people: `g5.xlarge in us-east-1`. */
  what: string;
  serviceCode: string;
  filters: Filter[];
  /** What no filter of the service can say. */
  isIt?: (attributes: Record<string, string>) => boolean;
}

export const termMatch = (field: string, value: string): Filter => ({ Type: 'TERM_MATCH', Field: field, Value: value });

const productSchema = z.object({
  product: z.object({ sku: z.string(), attributes: z.record(z.string(), z.string()) }),
  terms: z.object({
    OnDemand: z.optional(
      z.record(
        z.string(),
        z.object({
          effectiveDate: z.string(),
          priceDimensions: z.record(
            z.string(),
            z.object({ unit: z.string(), pricePerUnit: z.record(z.string(), z.string()) }),
          ),
        }),
      ),
    ),
  }),
});
type Product = z.infer<typeof productSchema>;

/**
 * The one price of the list that answers the question.
 * @throws UnknownPriceError for none, for several, and for one that is not in dollars an hour: a run must not be
 * planned on a guess. StepBenchError Retryable.
 */
export async function onlyPrice(client: PricingClient, { what, serviceCode, filters, isIt }: Question) {
  const products: Product[] = [];
  for await (const product of productsOf(client, serviceCode, filters)) {
    if (isIt === undefined || isIt(product.product.attributes)) products.push(product);
  }
  const [found, ...others] = products;
  if (found === undefined || others.length > 0) {
    throw new UnknownPriceError(`The price list (${serviceCode}) has ${products.length} prices for ${what}, not one.`, {
      nextStep: 'Check that the region offers the instance type; exclude it from the matrix if not.',
    });
  }
  return hourlyPrice(found, what);
}

function hourlyPrice({ product: { sku }, terms }: Product, what: string): ListedPrice {
  const offers = Object.values(terms.OnDemand ?? {});
  const dimensions = offers.flatMap((offer) => Object.values(offer.priceDimensions));
  const [dimension, ...others] = dimensions;
  const usdPerHour = Number(dimension?.pricePerUnit.USD);
  const isHourly = /^(hrs|hours?)$/i.test(dimension?.unit ?? '');
  if (others.length > 0 || !isHourly || !Number.isFinite(usdPerHour) || usdPerHour <= 0) {
    throw new UnknownPriceError(`SKU ${sku} of the price list (${what}) is not one price in $ an hour.`);
  }
  return { usdPerHour, sku, effectiveAt: isoDate(offers[0]?.effectiveDate, what) };
}

function isoDate(text: string | undefined, what: string): string {
  const ms = Date.parse(text ?? '');
  if (Number.isNaN(ms))
    throw new UnknownPriceError(`The price list does not say from when the price of ${what} holds.`);
  return new Date(ms).toISOString().slice(0, 10);
}

async function* productsOf(client: PricingClient, serviceCode: string, filters: Filter[]): AsyncGenerator<Product> {
  let token: string | undefined;
  do {
    const page: GetProductsCommandOutput = await calling(
      { api: 'pricing:GetProducts', terminal: ErrorName.UnknownPrice },
      () =>
        client.send(
          new GetProductsCommand({
            ServiceCode: serviceCode,
            Filters: filters,
            FormatVersion: 'aws_v1',
            ...(token === undefined ? {} : { NextToken: token }),
          }),
        ),
    );
    for (const text of page.PriceList ?? []) yield productOf(String(text));
    token = page.NextToken;
  } while (token !== undefined && token !== '');
}

function productOf(text: string): Product {
  const parsed = productSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new UnknownPriceError('The price list has an entry of another form than it is known to have.');
  return parsed.data;
}
