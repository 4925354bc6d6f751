import { startJsonService } from './json-service.ts';
import { type Stub, StubError } from './service.ts';

export interface StubProduct {
  serviceCode: string;
  sku: string;
  attributes: Record<string, string>;
  usd: string;
  unit?: string;
  effectiveDate?: string;
}

interface Filter {
  Type: string;
  Field: string;
  Value: string;
}

const PAGE = 2;

/**
 * The Price List API of us-east-1: a request that is signed for another region is refused. Filters are exact, or
 * look for a part; products come as JSON in strings, some a page.
 */
export const startPricing = (products: StubProduct[]): Promise<Stub> =>
  startJsonService({
    signingName: 'pricing',
    target: 'AWSPriceListService',
    version: '1.1',
    operations: {
      GetProducts: ({ ServiceCode, Filters = [], FormatVersion, NextToken }) => {
        if (FormatVersion !== 'aws_v1') throw new StubError('InvalidParameterException', `FormatVersion`);
        const filters = Filters as Filter[];
        const found = products.filter(
          (one) => one.serviceCode === ServiceCode && filters.every((filter) => passes(one, filter)),
        );
        const from = Number(NextToken ?? 0);
        return {
          FormatVersion,
          PriceList: found.slice(from, from + PAGE).map((one) => JSON.stringify(listed(one))),
          ...(from + PAGE < found.length ? { NextToken: String(from + PAGE) } : {}),
        };
      },
    },
  });

function passes({ attributes }: StubProduct, { Type, Field, Value }: Filter): boolean {
  const value = attributes[Field];
  if (Type === 'TERM_MATCH') return value === Value;
  if (Type === 'CONTAINS') return value?.includes(Value) === true;
  throw new StubError('InvalidParameterException', `Filter type ${Type}`);
}

const listed = ({ serviceCode, sku, attributes, usd, unit = 'Hrs', effectiveDate }: StubProduct) => ({
  product: { productFamily: 'Compute Instance', attributes, sku },
  serviceCode,
  terms: {
    OnDemand: {
      [`${sku}.JRTCKXETXF`]: {
        priceDimensions: {
          [`${sku}.JRTCKXETXF.6YS6EN2CT7`]: {
            unit,
            endRange: 'Inf',
            description: `$${usd} per On Demand`,
            appliesTo: [],
            rateCode: `${sku}.JRTCKXETXF.6YS6EN2CT7`,
            beginRange: '0',
            pricePerUnit: { USD: usd },
          },
        },
        sku,
        effectiveDate: effectiveDate ?? '2026-07-01T00:00:00Z',
        offerTermCode: 'JRTCKXETXF',
        termAttributes: {},
      },
    },
    Reserved: { ignored: { priceDimensions: {} } },
  },
  version: '20260720000000',
  publicationDate: '2026-07-20T00:00:00Z',
});
