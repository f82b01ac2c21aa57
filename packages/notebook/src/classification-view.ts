import type { Classification } from '@assay/frames';
import { calibrationChart } from './charts/calibration.ts';
import { curvesChart } from './charts/curves.ts';
import { chartFigure } from './charts/plot.ts';
import type { View } from './display.ts';
import { count, counted, score } from './figures.ts';
import { textTable } from './frame-view.ts';
import { type Html, html } from './html.ts';
import { fact } from './summary-view.ts';
import { table } from './table.ts';

/** How labels agree with the truth: the confusion matrix, the classes, and the curves of one class. */
export function classificationView(result: Classification): View {
  return {
    html: () =>
      html`<div class="head">
          <h3>Classification</h3>
          <span class="muted">${counted(result.n, 'run')}</span>
          ${result.missing > 0 ? html`<span class="warn">○ ${counted(result.missing, 'run')} without a label or a truth</span>` : null}
        </div>
        ${headFacts(result)}
        <div class="pair">${confusionTable(result)}${classTable(result)}</div>
        ${binaryFacts(result)}${figures(result)}`,
    text: () => classificationText(result),
  };
}

function headFacts({ accuracy, kappa, macro, weighted }: Classification): Html {
  return html`<div class="facts">
    ${fact('accuracy', score(accuracy))}${fact('Cohen’s κ', score(kappa))}${fact('F1, every class alike', score(macro.f1))}${fact('F1, by support', score(weighted.f1))}
  </div>`;
}

const mostClasses = 30;

/** A heat map: rows are the truth, columns what was said; the darker, the more. The counts stand in it. */
export function confusionTable({ labels, matrix }: Pick<Classification, 'labels' | 'matrix'>): Html {
  const shown = labels.slice(0, mostClasses);
  const rows = shown.map((label, row) => {
    const total = matrix[row]!.reduce((sum, cell) => sum + cell, 0);
    return html`<tr>
      <th>${label}</th>
      ${shown.map((_, column) => heatCell(matrix[row]![column]!, total, row === column))}
    </tr>`;
  });
  const rest = labels.length - shown.length;
  return html`<div>
    <h4>Confusion matrix: truth down, said across</h4>
    <div class="wide">
      <table class="heat">
        <thead>
          <tr>
            <th></th>
            ${shown.map((label) => html`<th class="n">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
    ${rest > 0 ? html`<p class="note">and ${counted(rest, 'more class', 'more classes')}</p>` : null}
  </div>`;
}

function heatCell(value: number, ofRow: number, isRight: boolean): Html {
  const share = ofRow === 0 ? 0 : Math.round((value / ofRow) * 50);
  const colour = isRight ? 'var(--a-blue)' : 'var(--a-bad)';
  return html`<td
    class="n${value === 0 ? ' muted' : ''}"
    style="background:color-mix(in srgb, ${colour} ${share}%, transparent)"
  >
    ${isRight ? html`<b class="strong">${count(value)}</b>` : count(value)}
  </td>`;
}

function classTable({ labels, precision, recall, f1, support }: Classification): Html {
  const rows = labels.slice(0, mostClasses).map(
    (label, index) =>
      html`<tr>
        <td>${label}</td>
        <td class="n">${score(precision[index]!)}</td>
        <td class="n">${score(recall[index]!)}</td>
        <td class="n">${score(f1[index]!)}</td>
        <td class="n">${count(support[index]!)}</td>
      </tr>`,
  );
  return html`<div>
    <h4>Classes</h4>
    ${table(['class', { number: 'precision' }, { number: 'recall' }, { number: 'F1' }, { number: 'support' }], rows)}
  </div>`;
}

/** The curves of the positive class, where it has a score. */
function figures(result: Classification): Html | null {
  const charts = [
    ...(result.thresholds === null || result.thresholds.length === 0 ? [] : [curvesChart(result)]),
    ...(result.calibration === null || result.calibration.ece === null ? [] : [calibrationChart(result)]),
  ];
  return charts.length === 0 ? null : html`<div class="side charts">${charts.map(chartFigure)}</div>`;
}

function binaryFacts({ binary, rocAuc, averagePrecision, calibration }: Classification): Html | null {
  if (binary === null) return null;
  return html`<div class="facts">
    ${fact('precision', score(binary.precision))}${fact('recall', score(binary.recall))}${fact('specificity', score(binary.specificity))}
    ${rocAuc === null ? null : fact('ROC AUC', score(rocAuc))}${averagePrecision === null ? null : fact('average precision', score(averagePrecision))}
    ${calibration === null ? null : fact('calibration error', score(calibration.ece))}
  </div>`;
}

function classificationText(result: Classification): string {
  const { labels, precision, recall, f1, support, n, missing, accuracy, kappa } = result;
  const lines = [
    ['class', 'precision', 'recall', 'F1', 'support'],
    ...labels.map((label, index) => [
      String(label),
      score(precision[index]!),
      score(recall[index]!),
      score(f1[index]!),
      count(support[index]!),
    ]),
  ];
  return [
    `Classification of ${counted(n, 'run')}${missing > 0 ? `, ${count(missing)} missing` : ''}: accuracy ${score(accuracy)}, κ ${score(kappa)}`,
    textTable(lines, [false, true, true, true, true]),
  ].join('\n');
}
