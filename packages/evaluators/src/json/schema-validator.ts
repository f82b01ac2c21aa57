import { AssayError, messageOf } from '@assay/core';
import { Ajv, type Options } from 'ajv';
import addFormats from 'ajv-formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };

/** Where a value breaks a schema. The path is a JSON Pointer; empty: the whole value. */
export interface Violation {
  readonly path: string;
  readonly message: string;
}

type JsonSchema = boolean | Readonly<Record<string, unknown>>;
type Validator = (value: unknown) => readonly Violation[];

/** Compiling takes milliseconds, so a schema that is given again is not compiled again. */
const compiled = { withFormats: new WeakMap<object, Validator>(), plain: new WeakMap<object, Validator>() };

/** The check that a JSON Schema describes. @throws AssayError `invalid-config` for what is no schema. */
export function validatorOf(schema: JsonSchema, formats: boolean): Validator {
  if (typeof schema === 'boolean') return compile(schema, formats);
  const known = compiled[formats ? 'withFormats' : 'plain'];
  let validator = known.get(schema);
  if (validator === undefined) known.set(schema, (validator = compile(schema, formats)));
  return validator;
}

function compile(schema: JsonSchema, formats: boolean): Validator {
  // Not strict: the specification has unknown keywords and formats ignored.
  const options: Options = { strict: false, allErrors: true, validateFormats: formats, logger: false };
  try {
    const ajv = ajvFor(schema, options);
    if (formats) addFormats.default(ajv);
    const validate = ajv.compile(schema as never);
    return (value) => {
      if (validate(value)) return [];
      return (validate.errors ?? []).map(({ instancePath, message, keyword }) => ({
        path: instancePath,
        message: message ?? `breaks ${keyword}`,
      }));
    };
  } catch (cause) {
    throw new AssayError(
      'invalid-config',
      `Expected schema to be a JSON Schema that can be read: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function ajvFor(schema: JsonSchema, options: Options): Ajv {
  const draft = typeof schema === 'boolean' ? undefined : schema['$schema'];
  if (draft === undefined || /2020-12\/schema/.test(String(draft))) return new Ajv2020(options);
  if (/2019-09\/schema/.test(String(draft))) return new Ajv2019(options);
  if (/draft-07\/schema/.test(String(draft))) return new Ajv(options);
  if (/draft-06\/schema/.test(String(draft))) return new Ajv(options).addMetaSchema(draft6);
  throw new AssayError(
    'invalid-config',
    `$schema is ${JSON.stringify(draft)}, and drafts 06, 07, 2019-09 and 2020-12 are known`,
  );
}
