/** What a terminal would act on rather than show. */
export const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
