import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { authOptions } from '../../../../auth/options.ts';

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

// The options are read when a request comes: at build time there is no server to ask.
async function handler(request: NextRequest, context: RouteContext): Promise<Response> {
  const answer: unknown = await NextAuth(request, context, authOptions(request));
  return answer instanceof Response ? answer : new Response(null, { status: 500 });
}

export { handler as GET, handler as POST };
