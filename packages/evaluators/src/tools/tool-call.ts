import equal from 'fast-deep-equal';
import { wrong } from '../read-params.ts';

/**
 * One call of a tool, as the AI SDK (`toolName`, `input`), OpenAI (`function.name`, `function.arguments` as text),
 * Anthropic (`name`, `input`) or plain code (`name`, `arguments` or `args`) writes it.
 */
export type ToolCallLike =
  | { readonly name: string; readonly arguments?: unknown; readonly args?: unknown; readonly input?: unknown }
  | { readonly toolName: string; readonly input?: unknown; readonly args?: unknown }
  | { readonly function: { readonly name: string; readonly arguments?: unknown } };

/** A list of calls, or an object that holds one, such as a result of `generateText`. */
export type ToolCallsLike = readonly ToolCallLike[] | { readonly toolCalls: readonly ToolCallLike[] };

/** A call in one form. Without arguments it was written down by its name alone. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: unknown;
}

/** How arguments are compared: `exact`: equal; `subset`: those expected are there, others may be; `ignore`: by name alone. */
export type ArgumentMatch = 'exact' | 'subset' | 'ignore';

/** Reads calls in any of the forms. @throws EvaluationError. */
export function toolCallsOf(name: string, value: unknown): readonly ToolCall[] {
  const list: unknown = typeof value === 'object' && value !== null && 'toolCalls' in value ? value.toolCalls : value;
  if (!Array.isArray(list)) throw wrong(name, 'a list of tool calls, or an object with toolCalls', value);
  return list.map((call: unknown, index) => toolCallOf(`${name}[${index}]`, call));
}

/** Whether a call is the expected one. A call that is expected by its name alone may have any arguments. */
export function fits(given: ToolCall, expected: ToolCall, match: ArgumentMatch): boolean {
  if (given.name !== expected.name) return false;
  if (match === 'ignore' || expected.arguments === undefined) return true;
  return match === 'exact'
    ? equal(given.arguments ?? {}, expected.arguments)
    : includes(given.arguments ?? {}, expected.arguments);
}

function toolCallOf(name: string, call: unknown): ToolCall {
  if (typeof call === 'string') return { name: call, arguments: undefined };
  if (typeof call !== 'object' || call === null) throw wrong(name, 'a tool call', call);
  const fields = call as Readonly<Record<string, unknown>>;
  const inner = fields['function'];
  if (typeof inner === 'object' && inner !== null) return toolCallOf(name, inner);
  const tool = fields['toolName'] ?? fields['name'];
  if (typeof tool !== 'string') throw wrong(`${name}.name`, 'the name of a tool', tool);
  return { name: tool, arguments: parsed(fields['arguments'] ?? fields['args'] ?? fields['input']) };
}

/** OpenAI sends arguments as JSON text. What is not JSON stays the text, and equals no object. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Objects must have the expected keys; lists and everything else must be equal. */
function includes(given: unknown, expected: unknown): boolean {
  if (!isObject(given) || !isObject(expected)) return equal(given, expected);
  return Object.entries(expected).every(([key, value]) => key in given && includes(given[key], value));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
