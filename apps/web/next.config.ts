import type { NextConfig } from 'next';

const config: NextConfig = {
  transpilePackages: ['@flow/core', '@flow/ui'],
  poweredByHeader: false,
  reactStrictMode: true,
  // The server of Flow compresses nothing twice: a proxy in front of it does.
  compress: true,
  devIndicators: false,
};

export default config;
