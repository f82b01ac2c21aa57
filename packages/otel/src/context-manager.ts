import { context, type ContextManager } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/**
 * What makes spans find their parents across `await`. OpenTelemetry has one per process, and only who registers one makes
 * contexts be carried along at all: it holds no spans and sends nothing, so that takes nothing from anybody.
 */
export function contextManager(): ContextManager {
  const registered = registeredContextManager();
  if (registered !== undefined) return registered;
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  return manager;
}

/**
 * The one that was registered before. By its place, and not by `context`: a copy of OpenTelemetry's API does not see what an
 * older one has registered, though the two agree, and a project may well have several copies.
 */
function registeredContextManager(): ContextManager | undefined {
  const registry = (globalThis as Readonly<Record<symbol, unknown>>)[Symbol.for('opentelemetry.js.api.1')];
  return (registry as { readonly context?: ContextManager } | undefined)?.context;
}
