import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Quotas } from '#core/ports/prices.ts';
import { serviceQuotas } from '../quotas/service-quotas.ts';
import { CLIENT_CONFIG } from './client-config.ts';
import { lazily } from './lazily.ts';

export const quotas: Quotas = lazily(() => serviceQuotas(new ServiceQuotasClient(CLIENT_CONFIG)));
