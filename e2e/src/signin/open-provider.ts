import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { companyPeople } from './company-people.ts';

const clientId = 'flow';
const clientSecret = 'a-secret-that-only-this-test-knows';

/** A provider of single sign-on on loopback: oidc-provider as it is, with its clients and sessions in memory. */
export interface OpenedProvider {
  /** The settings by which Flow finds it. */
  settings: Record<string, string>;
  /** Begins to answer, once it is known where Flow is: people are sent back to nowhere else. */
  serve(productUrl: string): void;
  close(): void;
}

/** Takes a port for the provider, so that its address can be told to Flow before Flow starts. */
export async function openProvider(): Promise<OpenedProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // parsed: a server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  return {
    settings: {
      FLOW_OIDC_ISSUER: issuer,
      FLOW_OIDC_CLIENT_ID: clientId,
      FLOW_OIDC_CLIENT_SECRET: clientSecret,
      FLOW_OIDC_NAME: 'the company account',
    },
    serve(productUrl) {
      server.on('request', answers(createProvider(issuer, productUrl)));
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function createProvider(issuer: string, productUrl: string): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${productUrl}/api/auth/callback/oidc`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['keys-of-a-provider-that-lives-as-long-as-a-test'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => claimsOf(accountId) }),
    // The company allows Flow for everyone: nobody is asked for consent.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
}

function claimsOf(accountId: string) {
  const person = Object.entries(companyPeople).find(([name]) => name === accountId)?.[1];
  if (person === undefined) return { sub: accountId };
  return { sub: accountId, email: person.email, email_verified: person.isVerified, name: person.name };
}

function answers(provider: Provider): RequestListener {
  const standard = provider.callback();
  return (request, response) => {
    const isAsking = request.url?.startsWith('/interaction/') === true;
    const answering = isAsking ? logInPage(provider, request, response) : Promise.resolve(standard(request, response));
    answering.catch((error: unknown) => response.writeHead(500).end(String(error)));
  };
}

/** The provider's own log-in: whoever says a name of the company is that person. */
async function logInPage(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(
        '<!doctype html><title>Company</title><form method="post"><label>Account <input name="account"></label><button>Continue</button></form>',
      );
    return;
  }
  const accountId = new URLSearchParams(await textOf(request)).get('account') ?? '';
  await provider.interactionFinished(request, response, { login: { accountId } });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const piece of request) text += String(piece);
  return text;
}
