import type { Handler } from '../context.ts';

/** What a browser may do with any answer of ours; pages widen their own content policy, what may be kept says so itself. */
export const securityHeaderFields: readonly (readonly [name: string, value: string])[] = Object.entries({
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
});

export const securityHeaders: Handler = (ctx, next) => {
  for (const [name, value] of securityHeaderFields) ctx.res.setHeader(name, value);
  return next();
};
