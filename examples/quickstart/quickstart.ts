/**
 * Which language detector should I use? Four candidates on the beginnings of 660 articles in 22 languages. Everything is
 * kept in `.assay/assay.db`: a second start repeats no work.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createProgress, printSummary } from '@assay/cli/terminal';
import { defineExperiment, findExperiment, resumeExperiment, runExperiment } from '@assay/core';
import { compare, runsFrame } from '@assay/frames';
import { writeTable } from '@assay/frames/files';
import { openStore } from '@assay/store';
import { articles } from './articles.ts';
import { comparisonTable } from './comparison-table.ts';
import { detectors } from './detectors.ts';
import { exactLanguage, sameGroup } from './evaluators.ts';

// What reads our output may have seen enough, as in `npm start | head`: the experiments are done all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const folder = 'quickstart';
mkdirSync(folder, { recursive: true });
await using store = await openStore();
const progress = createProgress();
console.log(`Which language detector should I use? ${articles.length} texts of 40 characters in 22 languages.\n`);

const ran = [];
for (const [name, task] of Object.entries(detectors)) {
  let runs = 0;
  const experiment = defineExperiment({
    name: `quickstart-${name}`,
    dataset: {
      name: 'udhr-40',
      description: 'The first 40 characters of each article of the Universal Declaration of Human Rights',
      examples: articles,
    },
    task,
    evaluators: { exact: exactLanguage, group: sameGroup },
    onEvent: (event) => {
      if (event.type === 'task-run-saved') runs += 1;
      return progress.onEvent(event);
    },
    printSummary: false,
  });
  const known = await findExperiment(store, experiment);
  const result =
    known === null
      ? await runExperiment({ ...experiment, store })
      : await resumeExperiment({ ...experiment, store, experimentId: known.id });
  printSummary(result);
  await writeTable(runsFrame(result), path.join(folder, `${name}.parquet`));
  const found = runs === 0 ? 'nothing was run again' : `${runs} runs were missing`;
  console.log(
    `${known === null ? '' : `Found in the store, ${found}. `}Runs: ${path.join(folder, `${name}.parquet`)}\n`,
  );
  ran.push(result);
}

const [base, ...candidates] = ran;
const comparison = compare(base!, candidates, { metrics: ['exact', 'group'] });
console.log(comparisonTable(base!.name, comparison));
console.log(`
franc's trigrams were made from this very declaration, so the comparison flatters franc and franc-min.

What to try next
  npx assay list                              the experiments that are kept
  npx assay runs quickstart-franc --limit 5   single runs
  npx assay export quickstart-eld -o eld.csv  for a spreadsheet
  python -c "import pandas; print(pandas.read_parquet('quickstart/franc.parquet'))"
  examples/quickstart/detectors.ts            add your own detector, and start again`);
