import { stripVTControlCharacters, styleText } from 'node:util';
import type { ProgramLine } from './program.ts';
import { jsonObject } from './read-lines.ts';

export interface RenderOptions {
  hasColour: boolean;
  /** Shows debug lines, and every field of a JSON line. */
  isVerbose: boolean;
}

const palette = ['cyan', 'magenta', 'green', 'yellow', 'blue'] as const;
const nameWidth = 8;
const levels: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };
const info = 30;
const levelOfErrors = 50;
/** Fields of a log line that say nothing more to someone who reads along. */
const quiet = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'message', 'v', 'err', 'error', 'stack']);

/** One line for the terminal: the program's name in its colour, then what it said. Null for what is only shown when asked for. */
export function renderLine({ program, text }: ProgramLine, options: RenderOptions): string | null {
  const plain = stripVTControlCharacters(text).trimEnd();
  if (plain === '') return null;
  const body = renderBody(plain, options);
  if (body === null) return null;
  const prefix = `${program.padEnd(nameWidth)}│`;
  return `${options.hasColour ? styleText(colourOf(program), prefix, { validateStream: false }) : prefix} ${body}`;
}

function renderBody(line: string, options: RenderOptions): string | null {
  const fields = jsonObject(line);
  const message = fields?.['msg'] ?? fields?.['message'];
  if (fields === null || typeof message !== 'string') return line;
  const level = levelOf(fields);
  if (level < info && !options.isVerbose) return null;
  const word = level === info ? '' : `${levels[level] ?? String(level)}: `;
  const rest = options.isVerbose ? ` ${details(fields)}` : '';
  const said = `${word}${message}${rest}${causeOf(fields, options)}`.trimEnd();
  return options.hasColour ? coloured(said, level) : said;
}

function levelOf(fields: Readonly<Record<string, unknown>>): number {
  return typeof fields['level'] === 'number' ? fields['level'] : info;
}

function coloured(said: string, level: number): string {
  if (level <= info) return said;
  return styleText(level >= levelOfErrors ? 'red' : 'yellow', said, { validateStream: false });
}

function details(fields: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(fields).filter(([name]) => !quiet.has(name));
  return shown.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
}

function causeOf(fields: Readonly<Record<string, unknown>>, { isVerbose }: RenderOptions): string {
  const error = fields['err'] ?? fields['error'];
  if (typeof error === 'string') return `: ${error}`;
  if (typeof error !== 'object' || error === null) return '';
  const read = (name: string): string => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? value : '';
  };
  return isVerbose && read('stack') !== '' ? `\n${read('stack')}` : `: ${read('message')}`;
}

function colourOf(program: string): (typeof palette)[number] {
  let sum = 0;
  for (const letter of program) sum += letter.charCodeAt(0);
  return palette[sum % palette.length] ?? 'cyan';
}
