import type { NextConfig } from 'next';

const config: NextConfig = {
  transpilePackages: ['@flow/core', '@flow/ui'],
  poweredByHeader: false,
  reactStrictMode: true,
  // The server of Flow compresses nothing twice: a proxy in front of it does.
  compress: true,
  devIndicators: false,
  headers: () =>
    Promise.resolve([
      {
        source: '/:path*',
        headers: [
          { key: 'x-content-type-options', value: 'nosniff' },
          { key: 'referrer-policy', value: 'same-origin' },
          { key: 'cross-origin-opener-policy', value: 'same-origin' },
          { key: 'content-security-policy', value: "frame-ancestors 'none'; object-src 'none'; base-uri 'none'" },
        ],
      },
    ]),
};

export default config;
