import type { GateCheck, GateResult } from '@assay/frames';
import type { View } from './display.ts';
import { type Html, html } from './html.ts';

/** Whether a gate is passed, and each check with its reason. */
export function gateView({ passed, checks }: GateResult): View {
  return {
    html: () =>
      html`<div class="head">
          <h3>Gate</h3>
          ${passed ? html`<span class="chip good">✓ passed</span>` : html`<span class="chip bad">✕ not passed</span>`}
        </div>
        <table>
          <tbody>
            ${checks.map(checkRow)}
          </tbody>
        </table>`,
    text: () =>
      [
        `Gate ${passed ? 'passed' : 'not passed'}`,
        ...checks.map((check) => `  ${check.passed ? 'ok  ' : 'FAIL'}  ${check.reason}`),
      ].join('\n'),
  };
}

function checkRow({ passed, rule, metric, candidate, reason }: GateCheck): Html {
  return html`<tr>
    <td>${passed ? html`<span class="good">✓ ok</span>` : html`<span class="bad">✕ fails</span>`}</td>
    <td>${rule} ${metric}</td>
    <td class="muted">${candidate}</td>
    <td>${reason}</td>
  </tr>`;
}
