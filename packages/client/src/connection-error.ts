import { AssayError, messageOf } from '@assay/core';

/** Why no whole answer came back, and whether the request may have been carried out all the same. */
export interface ConnectionFailure {
  readonly error: AssayError;
  /** `false`: the server never saw the request, so that it may be sent again, whatever it does. */
  readonly mayHaveArrived: boolean;
  /** Whether trying again may help. */
  readonly isPassing: boolean;
}

const notReached: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Reads what undici threw. @param what - What could not be done. @param origin - Scheme, host and port, and nothing secret. */
export function connectionFailure(
  thrown: unknown,
  what: string,
  origin: string,
  hints: { readonly endpoint: string },
  timeoutMs: number,
): ConnectionFailure {
  const code = codeIn(thrown);
  const cause = thrown instanceof Error ? { cause: thrown } : {};
  const failure = (
    reason: string,
    isPassing: boolean,
    kind: 'unavailable' | 'invalid-config' = 'unavailable',
  ): ConnectionFailure => ({
    error: new AssayError(kind, `Could not ${what}: ${reason}`, cause),
    mayHaveArrived: !(notReached.has(code) || isCertificate(code)),
    isPassing,
  });

  if (code === 'ECONNREFUSED')
    return failure(`nothing answers at ${origin}. Is the server running? Set ${hints.endpoint}.`, true);
  if (code === 'ENOTFOUND')
    return failure(`the host of ${origin} cannot be found. Check ${hints.endpoint}.`, false, 'invalid-config');
  if (code === 'EAI_AGAIN') return failure(`the name of ${origin} could not be looked up just now.`, true);
  if (isCertificate(code)) {
    return failure(
      `the certificate of ${origin} is not trusted (${code}). For one of your own, set NODE_EXTRA_CA_CERTS to its authority.`,
      false,
      'invalid-config',
    );
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return failure(
      `${origin} does not speak TLS. Should ${hints.endpoint} begin with http:// ?`,
      false,
      'invalid-config',
    );
  if (code.startsWith('HPE_') || (thrown instanceof Error && thrown.name === 'HTTPParserError'))
    return failure(
      `what answers at ${origin} does not speak HTTP. Should ${hints.endpoint} begin with https:// ?`,
      false,
      'invalid-config',
    );
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return failure(`${origin} could not be reached in time.`, true);
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return failure(`${origin} did not answer within ${seconds(timeoutMs)}. Raise timeoutMs if it needs longer.`, true);
  if (code === 'UND_ERR_BODY_TIMEOUT')
    return failure(`${origin} stopped in the middle of its answer, and sent nothing for ${seconds(timeoutMs)}.`, true);
  if (code === 'UND_ERR_INVALID_ARG') return failure(messageOf(thrown), false, 'invalid-config');
  return failure(
    `the connection to ${origin} broke off${code === '' ? `: ${messageOf(thrown)}` : ` (${code})`}.`,
    true,
  );
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

function isCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
}

/** The code of an error, or of the cause or the first of the several errors that it wraps. */
function codeIn(thrown: unknown, depth = 0): string {
  if (typeof thrown !== 'object' || thrown === null || depth > 4) return '';
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const inner = 'cause' in thrown && thrown.cause !== undefined ? codeIn(thrown.cause, depth + 1) : '';
  const first = 'errors' in thrown && Array.isArray(thrown.errors) ? codeIn(thrown.errors[0], depth + 1) : '';
  return inner || code || first;
}
