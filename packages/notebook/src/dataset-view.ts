import type { DatasetInfo, Example, ExampleDraft } from '@assay/core';
import type { View } from './display.ts';
import { count, counted } from './figures.ts';
import { textTable } from './frame-view.ts';
import { type Html, html } from './html.ts';
import { jsonView, littleRoom, preview } from './json-view.ts';
import { fact } from './summary-view.ts';

/** A dataset as its store knows it, without its examples. */
export function datasetInfoView(info: DatasetInfo): View {
  const { name, id, versionId, description, exampleCount, splits, updatedAt, metadata } = info;
  return {
    html: () =>
      html`<div class="head">
          <h3>${name}</h3>
          <span class="id">${id}</span>
        </div>
        ${description === null ? null : html`<p class="note">${description}</p>`}
        <div class="facts">
          ${fact('examples', count(exampleCount))}${splits === null ? null : fact('splits', splits.join(', '))}
          ${fact('version', html`<span class="id">${versionId}</span>`)}${fact('updated', updatedAt.toISOString().slice(0, 16).replace('T', ' '))}
        </div>
        ${
          Object.keys(metadata).length === 0
            ? null
            : html`<h4>metadata</h4>
                ${jsonView(metadata)}`
        }`,
    text: () => `Dataset ${name} (${id}): ${counted(exampleCount, 'example')}, version ${versionId}`,
  };
}

const shownExamples = 20;

/** Examples, those at the beginning; what is an object folds open. */
export function examplesView(examples: readonly (Example | ExampleDraft)[], name: string | null = null): View {
  return {
    html: () =>
      html`<div class="head">
          ${name === null ? null : html`<h3>${name}</h3>`}<span class="${name === null ? 'strong' : 'muted'}"
            >${counted(examples.length, 'example')}</span
          >
        </div>
        ${examples.length === 0 ? null : exampleTable(examples)}`,
    text: () => examplesText(examples, name),
  };
}

function exampleTable(examples: readonly (Example | ExampleDraft)[]): Html {
  const shown = examples.slice(0, shownExamples);
  const has = {
    id: shown.some(({ id }) => id !== undefined),
    expected: shown.some(({ expected }) => expected !== undefined && expected !== null),
    metadata: shown.some(({ metadata }) => Object.keys(metadata ?? {}).length > 0),
    splits: shown.some(({ splits }) => (splits?.length ?? 0) > 0),
  };
  const cell = (value: unknown): Html =>
    html`<td>
      ${value === undefined || value === null ? html`<span class="muted">–</span>` : jsonView(value, littleRoom())}
    </td>`;
  return html`<div class="wide">
      <table>
        <thead>
          <tr>
            ${has.id && html`<th>id</th>`}
            <th>input</th>
            ${has.expected && html`<th>expected</th>`}${has.metadata && html`<th>metadata</th>`}${has.splits && html`<th>splits</th>`}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ id, input, expected, metadata, splits }) =>
              html`<tr>
                ${has.id && html`<td class="id">${id}</td>`}${cell(input)}${has.expected && cell(expected)}${has.metadata && cell(metadata)}${has.splits && html`<td>${(splits ?? []).join(', ')}</td>`}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${shown.length < examples.length ? html`<p class="note">The first ${shown.length}. Show all by <span class="code">show(examplesFrame(examples))</span>.</p>` : null}`;
}

function examplesText(examples: readonly (Example | ExampleDraft)[], name: string | null): string {
  const title = `${name === null ? '' : `${name}: `}${counted(examples.length, 'example')}`;
  if (examples.length === 0) return title;
  const lines = [
    ['id', 'input', 'expected'],
    ...examples
      .slice(0, 10)
      .map(({ id, input, expected }) => [id ?? '', preview(input, 40), preview(expected ?? '', 40)]),
  ];
  return `${title}\n${textTable(lines, [false, false, false])}${examples.length > 10 ? '\n…' : ''}`;
}
