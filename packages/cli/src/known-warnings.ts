/**
 * Keeps Node's notes on features that we chose knowingly, type stripping and `node:sqlite`, off stderr. Every other warning
 * is shown as ever.
 */
export function silenceKnownWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' && /type stripping|stripTypeScriptTypes|sqlite/i.test(warning.message))
      return;
    for (const listener of listeners) listener.call(process, warning);
  });
}
