import { AssayError } from '@assay/core/errors';
import type { Classification } from '@assay/frames';
import type { Display } from '../display.ts';
import { count, counted, percent, score } from '../figures.ts';
import { checkParts } from './parts.ts';
import { chartDisplay } from './plot.ts';
import { shortName, sideFor } from './series.ts';

const mostClasses = 30;

interface Field {
  readonly truth: string;
  readonly said: string;
  readonly runs: number;
  /** Of the runs of this truth. */
  readonly share: number;
}

/** The confusion matrix as a heat map: the truth down, what was said across; the darker, the larger its share of the row. */
export function confusion(source: Pick<Classification, 'labels' | 'matrix' | 'n' | 'accuracy'>): Display {
  checkParts('a classification', source, 'labels', 'matrix', 'n', 'accuracy');
  const { labels, matrix, n, accuracy } = source;
  if (labels.length === 0) throw new AssayError('invalid-input', 'Expected a classification with classes, got none');
  const names = labels.slice(0, mostClasses).map((label) => shortName(String(label)));
  const fields = names.flatMap((truth, row) => {
    const total = matrix[row]!.reduce((sum, cell) => sum + cell, 0);
    return names.map((said, column): Field => {
      const runs = matrix[row]![column]!;
      return { truth, said, runs, share: total === 0 ? 0 : runs / total };
    });
  });
  const wrong = fields.filter(({ truth, said, runs }) => truth !== said && runs > 0).sort((a, b) => b.runs - a.runs);
  const size = Math.max(34, Math.min(72, 420 / names.length));
  const side = sideFor(names);
  return chartDisplay({
    title: 'Confusion matrix',
    description: `${counted(n, 'run')}, accuracy ${score(accuracy)}. ${wrong
      .slice(0, 3)
      .map(({ truth, said, runs }) => `${truth} was called ${said} ${count(runs)} times.`)
      .join(' ')}`,
    options: (plot) => ({
      width: side + 20 + names.length * size,
      height: 50 + names.length * Math.min(size, 44),
      marginLeft: side + 20,
      marginTop: 44,
      marginBottom: 6,
      x: { domain: names, label: 'said', labelArrow: 'none', axis: 'top', padding: 0.04 },
      y: { domain: names, label: 'truth', labelArrow: 'none', padding: 0.04 },
      marks: [
        plot.cell(fields, {
          x: 'said',
          y: 'truth',
          rx: 3,
          fill: ({ truth, said }: Field) => (truth === said ? 'var(--a-blue)' : 'var(--a-bad)'),
          fillOpacity: ({ share }: Field) => 0.03 + share * 0.47,
        }),
        plot.text(fields, {
          x: 'said',
          y: 'truth',
          text: ({ runs }: Field) => count(runs),
          fillOpacity: ({ runs }: Field) => (runs === 0 ? 0.45 : 1),
        }),
      ],
    }),
    text: () =>
      fields
        .filter(({ runs }) => runs > 0)
        .map(({ truth, said, runs, share }) => `${truth} called ${said}: ${count(runs)} (${percent(share)})`)
        .join('\n'),
  });
}
