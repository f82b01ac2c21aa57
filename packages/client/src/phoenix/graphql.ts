import { AssayError } from '@assay/core';
import { z } from 'zod';
import type { Transport } from '../transport.ts';
import { wireEvaluation, type WireRecord } from '../wire/experiment.ts';
import type { DatasetChanges } from './api-datasets.ts';

/*
 * The two things that Phoenix's REST API cannot do and its page can. Everything else goes by REST, which is the
 * contract; a server without GraphQL lacks these two only.
 */

const patchMutation = 'mutation ($input: PatchDatasetInput!) { patchDataset(input: $input) { dataset { id } } }';

/** Renames or describes a dataset. @throws AssayError `unsupported` when the server has no GraphQL. */
export async function patchDatasetByGraphQL(
  transport: Transport,
  datasetId: string,
  changes: DatasetChanges,
): Promise<void> {
  await ask(
    transport,
    `change the dataset ${datasetId}`,
    patchMutation,
    { input: { datasetId, ...changes } },
    z.object({ patchDataset: z.unknown() }),
  );
}

const evaluationsQuery = `query ($id: ID!, $after: String) {
  node(id: $id) { ... on Experiment { runs(first: 200, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      repetition_number: repetitionNumber
      example { id }
      annotations { edges { node {
        name annotator_kind: annotatorKind label score explanation error metadata
        trace_id: traceId start_time: startTime end_time: endTime
      } } }
    } }
  } } }
}`;

const edges = <Schema extends z.ZodType>(node: Schema) => z.object({ edges: z.array(z.object({ node })) });
const runsAnswer = z.object({
  node: z.object({
    runs: edges(
      z.object({
        repetition_number: z.int(),
        example: z.object({ id: z.string() }),
        annotations: edges(wireEvaluation),
      }),
    ).extend({
      pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
    }),
  }),
});

/**
 * The evaluations of an experiment. The download by REST fails on a name that is not Latin-1, since Phoenix writes the
 * name into a header.
 */
export async function listRecordsByGraphQL(transport: Transport, experimentId: string): Promise<WireRecord[]> {
  const records: WireRecord[] = [];
  let after: string | null | undefined = null;
  for (;;) {
    const answer: z.output<typeof runsAnswer> = await ask(
      transport,
      `list the evaluations of the experiment ${experimentId}`,
      evaluationsQuery,
      { id: experimentId, after },
      runsAnswer,
    );
    const { edges: runs, pageInfo } = answer.node.runs;
    for (const { node } of runs) {
      records.push({
        example_id: node.example.id,
        repetition_number: node.repetition_number,
        annotations: node.annotations.edges.map((edge) => edge.node),
      });
    }
    if (!pageInfo.hasNextPage) return records;
    after = pageInfo.endCursor;
  }
}

async function ask<Schema extends z.ZodType>(
  transport: Transport,
  what: string,
  query: string,
  variables: object,
  shape: Schema,
): Promise<z.output<Schema>> {
  const answer = z.object({ data: z.unknown(), errors: z.array(z.object({ message: z.string() })).nullish() });
  const { data } = await transport
    .send({ what, method: 'POST', path: '/graphql', body: { query, variables }, idempotent: true }, answer)
    .catch(withoutGraphQL(what));
  if (data.errors && data.errors.length > 0)
    throw new AssayError('unsupported', `Could not ${what}: ${data.errors.map(({ message }) => message).join('; ')}`);
  const read = shape.safeParse(data.data);
  if (!read.success)
    throw new AssayError(
      'unsupported',
      `Could not ${what}: the server's GraphQL answered in a form that this client does not know`,
      { cause: read.error },
    );
  return read.data;
}

function withoutGraphQL(what: string): (error: unknown) => never {
  return (error) => {
    if (AssayError.is(error) && (error.code === 'not-found' || error.code === 'unsupported')) {
      throw new AssayError('unsupported', `Could not ${what}: this server has no way to do it`, { cause: error });
    }
    throw error;
  };
}
