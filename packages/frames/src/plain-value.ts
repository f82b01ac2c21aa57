import { type Field, Type } from '@uwdata/flechette';
import type { ArrowType } from './arrow-type.ts';

const millisecondsPerTick = [1000, 1, 1e-3, 1e-6] as const;

/**
 * A raw Arrow value as plain JavaScript.
 *
 * flechette gives lists of numbers as typed arrays, which JSON writes as `{"0":1}`; here they are arrays. Integers are
 * numbers where they are safe and bigint otherwise.
 */
export function plainValue(raw: unknown, type: ArrowType): unknown {
  if (raw === null || raw === undefined) return null;
  switch (type.typeId) {
    case Type.Dictionary:
      return plainValue(raw, type.dictionary);
    case Type.Timestamp:
      return typeof raw === 'bigint' ? new Date(Number(raw) * millisecondsPerTick[type.unit]) : raw;
    case Type.Date:
      return typeof raw === 'number' ? new Date(raw) : raw;
    case Type.Decimal:
      return decimalValue(raw, type.scale);
    case Type.List:
    case Type.LargeList:
    case Type.ListView:
    case Type.LargeListView:
    case Type.FixedSizeList:
      return plainList(raw, type.children[0]);
    case Type.Struct:
      return isRecord(raw)
        ? Object.fromEntries(type.children.map(({ name, type: child }) => [name, plainValue(raw[name], child)]))
        : raw;
    case Type.Map:
      return plainEntries(raw, type.children[0]);
    case Type.RunEndEncoded:
      return plainValue(raw, type.children[1].type);
    case Type.Interval:
      return ArrayBuffer.isView(raw) ? Array.from(raw as Int32Array) : raw;
    default:
      return typeof raw === 'bigint' ? safeNumber(raw) : raw;
  }
}

/** The number, when it is a safe integer; otherwise the bigint itself. */
function safeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function plainList(raw: unknown, child: Field | undefined): unknown {
  if (child === undefined || !isIterable(raw)) return raw;
  return Array.from(raw, (value) => plainValue(value, child.type));
}

/** A map, as its `[key, value]` pairs: keys of any type, in order, doubled ones kept. */
function plainEntries(raw: unknown, entries: Field): unknown {
  if (!Array.isArray(raw) || entries.type.typeId !== Type.Struct) return raw;
  const [key, value] = entries.type.children;
  return raw.map((pair: readonly unknown[]) =>
    key === undefined || value === undefined ? pair : [plainValue(pair[0], key.type), plainValue(pair[1], value.type)],
  );
}

/** The nearest double; the digits beyond it are kept in the raw value. */
function decimalValue(raw: unknown, scale: number): unknown {
  if (typeof raw !== 'bigint' && typeof raw !== 'number') return raw;
  return Number(decimalText(BigInt(raw), scale));
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${unscaled < 0n ? '-' : ''}${whole}.${digits.slice(digits.length - scale)}0`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
