import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from '../src/html.ts';

test('escapes every value, and lists and markup within', () => {
  const items = ['<b>', html`<i>${'&'}</i>`, null, undefined, false, 0];
  expect(html`<p title="${'"'}">${items}</p>`.text).toBe('<p title="&quot;">&lt;b&gt;<i>&amp;</i>0</p>');
});

test('lets no text end the element or the attribute it stands in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { text: markup } = html`<p title="${text}">${text}</p>`;
      expect(markup.split('<')).toHaveLength(3);
      expect(markup.split('"')).toHaveLength(3);
    }),
    { seed: 9 },
  );
});
