import { children, defineRule, textOf } from '../ast.ts';
import { placeOf } from '../place.ts';

const palette =
  /(?:^|[\s:!])-?(?:bg|text|border(?:-[xytrbl])?|ring|fill|stroke|from|via|to|outline|shadow|divide|accent|caret|decoration)-(?:(?:slate|gray|zinc|neutral|stone|red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose)-\d{2,3}|\[#)/;
const hex = /^#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;

/** A colour has a meaning (danger, canary, muted) and a value for dark and one for light: it is named by its token. */
export const colourToken = defineRule('Colours by token.', (context) => {
  const place = placeOf(context.filename);
  if ((place.workspace !== 'apps/web' && place.workspace !== 'packages/ui') || place.isTest) return {};
  const message = 'Use a colour token of the design system: it has a value for dark and one for light.';
  return {
    Literal(node) {
      const text = textOf(node, 'value');
      if (palette.test(text) || hex.test(text)) context.report({ node, message });
    },
    TemplateLiteral(node) {
      if (children(node, 'quasis').some((part) => palette.test(rawText(part['value'])))) context.report({ node, message });
    },
  };
});

function rawText(value: unknown): string {
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}
