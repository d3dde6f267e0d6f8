export interface StyledText {
  text: string;
  /** Classes of the style; empty for plain text. */
  classes: string;
}

const colours: Readonly<Record<number, string>> = {
  30: 'text-muted',
  31: 'text-danger-fg',
  32: 'text-success-fg',
  33: 'text-waiting-fg',
  34: 'text-info-fg',
  35: 'text-running-fg',
  36: 'text-running-fg',
  37: 'text-text',
};

// A sequence of any kind: OSC up to its end, CSI up to its letter, and the two-character ones.
// Only the colours and weights of CSI … m are followed; links, titles and movements of the cursor are dropped.
// oxlint-disable-next-line no-control-regex -- the control character is what is looked for
const sequences = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\u001b\[([0-9;:?]*)([@-~])|\u001b[@-Z\\^_]|\u009b[0-9;:?]*[@-~]/g;

/** A log line with the ANSI sequences taken out: pieces of text with their style. Nothing of a line can become a link or markup. */
export function parseAnsi(line: string): StyledText[] {
  const pieces: StyledText[] = [];
  let style = '';
  let at = 0;
  const push = (text: string): void => {
    if (text !== '') pieces.push({ text: makeVisible(text), classes: style });
  };
  for (const match of line.matchAll(sequences)) {
    push(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === 'm') style = nextStyle(style, match[1] ?? '');
  }
  push(line.slice(at));
  return pieces;
}

function nextStyle(style: string, parameters: string): string {
  let next = style;
  for (const code of parameters.split(';').map(Number)) {
    if (code === 0) next = '';
    else if (code === 1) next = `${next} font-bold`.trim();
    else if (code === 39) next = next.replaceAll(/text-\S+/g, '').trim();
    else {
      const colour = colours[code >= 90 && code <= 97 ? code - 60 : code];
      if (colour !== undefined) next = `${next.replaceAll(/text-\S+/g, '').trim()} ${colour}`.trim();
    }
  }
  return next;
}

/** Control, bidirectional and zero-width characters, which could make a line read as another one, as their code. */
function makeVisible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\u2039${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}\u203a`,
  );
}
