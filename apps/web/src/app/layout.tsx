import { ThemeScript } from '@flow/ui/theme';
import { Toaster } from '@flow/ui/toast';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { ApiProvider } from '../api-client/provider.tsx';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Flow', template: '%s · Flow' },
  description: 'From a commit to a canary in every region',
};
export const viewport: Viewport = { width: 'device-width', initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is made for its request, since its scripts carry the nonce of its answer.
  const nonce = (await headers()).get('x-flow-nonce') ?? '';
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head>
        <ThemeScript nonce={nonce} />
      </head>
      <body className="bg-bg text-text min-h-dvh font-sans text-sm antialiased">
        <ApiProvider>{children}</ApiProvider>
        <Toaster />
      </body>
    </html>
  );
}
