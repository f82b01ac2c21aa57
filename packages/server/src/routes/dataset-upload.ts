import { z } from '@hono/zod-openapi';
import type { UploadDraft } from '@assay/store';
import { check } from '../api.ts';
import type { Api } from '../api.ts';
import { exampleOf } from '../example-draft.ts';
import { Failure } from '../failure.ts';
import { readBytes, readJson } from '../request-body.ts';
import { filledText, jsonObject, text } from '../schemas.ts';
import type { Services } from './services.ts';

/** The words of the message are Phoenix's, as clients look for them to fall back from `update` to `create`. */
const action = z
  .string()
  .default('create')
  .transform((value, context) => {
    const lower = value.toLowerCase();
    if (lower === 'create' || lower === 'append' || lower === 'update') return lower;
    context.addIssue({ code: 'custom', message: `Invalid dateset action: ${value}` });
    return z.NEVER;
  })
  .openapi({ type: 'string', enum: ['create', 'append', 'update'], default: 'create' });

const uploadBody = z
  .object({
    action,
    name: filledText,
    description: text.nullish(),
    metadata: z.array(jsonObject).nullish(),
    inputs: z.array(jsonObject),
    outputs: z.array(jsonObject).nullish(),
    splits: z.array(z.union([text, z.array(text), z.null()])).nullish(),
    span_ids: z.array(text.nullable()).nullish(),
    example_ids: z.array(text.nullable()).nullish(),
  })
  .openapi('DatasetUpload');

const wireReport = z.object({
  data: z.object({
    dataset_id: z.string(),
    version_id: z.string(),
    num_created_examples: z.int(),
    num_updated_examples: z.int(),
    num_deleted_examples: z.int(),
  }),
});

/** Uploads, as JSON and as a form with a file. */
export function addUploadRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'post',
      path: '/v1/datasets/upload',
      summary: 'Upload examples: JSON, or a form with a CSV, JSONL or Arrow file',
      tag: 'Datasets',
      query: z.object({ sync: z.stringbool().default(false) }),
      rawBody: ['application/json', 'multipart/form-data'],
      answer: wireReport.nullable(),
      failures: [400, 409],
    },
    async ({ query, request }) => {
      const report = await store.nodes.upload(await readUpload(request));
      // Phoenix writes later then, and says nothing. Here it is written at once all the same.
      if (!query.sync) return null;
      return {
        data: {
          dataset_id: report.datasetId,
          version_id: report.versionId,
          num_created_examples: report.createdCount,
          num_updated_examples: report.updatedCount,
          num_deleted_examples: report.deletedCount,
        },
      };
    },
  );
}

async function readUpload(request: Request): Promise<UploadDraft> {
  const type = request.headers.get('content-type');
  if (!type) throw new Failure(400, 'Missing content-type header');
  if (type.toLowerCase().startsWith('multipart/form-data')) {
    const { readUploadForm } = await import('../upload-form.ts');
    const { fields, examples } = await readUploadForm(await readBytes(request), type);
    return {
      ...check(z.object({ action, name: filledText, description: text.nullish() }), fields, ['body']),
      examples,
    };
  }
  return draftOf(check(uploadBody, await readJson(request), ['body']));
}

function draftOf(body: z.output<typeof uploadBody>): UploadDraft {
  for (const list of ['outputs', 'metadata', 'splits', 'span_ids', 'example_ids'] as const) {
    const { length } = body[list] ?? body.inputs;
    if (length !== body.inputs.length)
      throw new Failure(422, `Expected ${list} to have the length of inputs, ${body.inputs.length}, got ${length}`);
  }
  const examples = body.inputs.map((input, index) => {
    const splits = body.splits?.[index];
    return exampleOf({
      input,
      output: body.outputs?.[index],
      metadata: body.metadata?.[index],
      id: body.example_ids?.[index],
      splits: body.splits ? splitsOf(splits ?? null) : undefined,
    });
  });
  return { name: body.name, action: body.action, description: body.description, examples };
}

function splitsOf(given: string | readonly string[] | null): readonly string[] {
  const names = given === null ? [] : typeof given === 'string' ? [given] : given;
  return names.map((name) => name.trim()).filter((name) => name !== '');
}
