import { TRPCClientError } from '@trpc/client';
import { Command, CommanderError } from 'commander';
import { canDeploy } from './can-deploy.ts';
import { deploy } from './deploy.ts';
import { UsageError, exit } from './exit.ts';
import type { Exit } from './exit.ts';
import type { NamedPlace } from './find-place.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';
import { whereIs } from './where-is.ts';

/** What a run stands in. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** Runs one command line and answers its exit code. Never throws: what went wrong is said on `err`. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<Exit> {
  const { err } = surroundings;
  let ended: Exit = exit.ok;
  const program = programOf(surroundings, (code) => {
    ended = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return ended;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage;
    if (error instanceof UsageError) {
      err(`${error.message}\n`);
      return exit.usage;
    }
    err(`${wordsOf(error)}\n`);
    return error instanceof Error && codeOf(error) === 'NOT_FOUND' ? exit.usage : exit.failed;
  }
}

function programOf({ env, out, err }: Surroundings, end: (code: Exit) => void): Command {
  const program = new Command('flow')
    .description('Asks Flow, and asks for deployments, from a terminal or a script.')
    .addHelpText(
      'after',
      '\nSet FLOW_URL, FLOW_TENANT and FLOW_TOKEN (an access token, made under Access in the portal).\nEnds with 0 for yes, 1 for no or not yet, 2 for a wrong command, 3 when Flow did not answer or refused.',
    )
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err });
  const withSession =
    <Args extends unknown[]>(command: (session: Session, args: Args) => Promise<Exit>) =>
    async (...args: Args): Promise<void> => {
      end(await command(openSession(env), args));
    };
  const json = ['--json', 'answer as data'] as const;
  program
    .command('can-deploy <service> <environment> [version]')
    .description('whether it could start now, and if not what lifts it, when, and who can help')
    .option(...json)
    .action(withSession((session, args: PlaceArgs) => canDeploy(session, namedBy(args), out)));
  program
    .command('deploy <service> <environment> [version]')
    .description('asks for a deployment of this version, or of the newest')
    .option(...json)
    .action(withSession((session, args: PlaceArgs) => deploy(session, namedBy(args), out)));
  program
    .command('where-is <commit>')
    .description('in which environments and regions a commit is now, and with which share of requests')
    .option(...json)
    .action(
      withSession((session, [commit, { json: asJson = false }]: [string, Options]) => whereIs(session, { commit, json: asJson }, out)),
    );
  return program;
}

interface Options {
  json?: boolean;
}

/** As commander gives them: the arguments in their order, then the options. */
type PlaceArgs = [service: string, environment: string, version: string | undefined, options: Options];

function namedBy([service, environment, version, { json = false }]: PlaceArgs): NamedPlace & { json: boolean } {
  return { service, environment, version, json };
}

/** tRPC's code of an answer of Flow; undefined when nothing was answered. */
function codeOf(error: Error): string | undefined {
  const data: unknown = 'data' in error ? error.data : undefined;
  return typeof data === 'object' && data !== null && 'code' in data ? String(data.code) : undefined;
}

/** Words of Flow as they are; of a connection that failed, where it did. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof TRPCClientError)) return error.message;
  const cause = error.cause instanceof Error && error.cause.cause instanceof Error ? error.cause.cause.message : '';
  return codeOf(error) === undefined ? `Flow did not answer: ${error.message}${cause === '' ? '' : ` (${cause})`}` : error.message;
}
