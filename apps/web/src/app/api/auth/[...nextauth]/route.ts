import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { authOptions } from '../../../../auth/options.ts';

interface RouteContext {
  params: Promise<{ nextauth: string[] }>;
}

// The options are read when a request comes: at build time there is no server to ask.
async function handler(request: NextRequest, context: RouteContext): Promise<Response> {
  let retryAfterSeconds: number | undefined;
  const answer: unknown = await NextAuth(
    request,
    context,
    authOptions(request, (seconds) => (retryAfterSeconds = seconds)),
  );
  if (!(answer instanceof Response)) return new Response(null, { status: 500 });
  if (retryAfterSeconds === undefined) return answer;
  answer.headers.set('retry-after', String(retryAfterSeconds));
  return new Response(answer.body, { status: 429, headers: answer.headers });
}

export { handler as GET, handler as POST };
