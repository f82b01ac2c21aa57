import { binary, DateUnit, type Field, int32, int64, largeList, list, Type, utf8 } from '@uwdata/flechette';
import { type ArrowType, arrowTypes } from './arrow-type.ts';

/**
 * The type under which nested values are written: that which they came with, except for layouts that only make reading
 * faster (views, run ends, dictionaries inside of lists), which become the plain type. A union becomes JSON text.
 */
export function writtenType(type: ArrowType): ArrowType {
  switch (type.typeId) {
    case Type.Union:
      return arrowTypes.text;
    case Type.Utf8View:
      return utf8();
    case Type.BinaryView:
      return binary();
    case Type.ListView:
      return list(written(type.children[0]));
    case Type.LargeListView:
      return largeList(written(type.children[0]));
    case Type.Dictionary:
      return writtenType(type.dictionary);
    case Type.RunEndEncoded:
      return writtenType(type.children[1].type);
    default:
      return withChildren(type, written);
  }
}

/** Whether the type holds a union, which flechette cannot build. */
export function hasUnion(type: ArrowType): boolean {
  return type.typeId === Type.Union || childrenOf(type).some((child) => hasUnion(child.type));
}

/**
 * The integer type with the same bytes, for building from raw values: flechette's own builders go through doubles of
 * milliseconds and so lose or refuse microseconds.
 */
export function buildingType(type: ArrowType): ArrowType {
  if (type.typeId === Type.Timestamp) return int64();
  if (type.typeId === Type.Date && type.unit === DateUnit.MILLISECOND) return int64();
  if (type.typeId === Type.Decimal && type.bitWidth === 32) return int32();
  return withChildren(type, (child) => ({ ...child, type: buildingType(child.type) }));
}

function written(child: Field): Field {
  return { ...child, type: writtenType(child.type) };
}

function withChildren(type: ArrowType, change: (child: Field) => Field): ArrowType {
  const children = childrenOf(type);
  // Only the types change, so it stays the kind of type that it is.
  return children.length === 0 ? type : ({ ...type, children: children.map(change) } as ArrowType);
}

function childrenOf(type: ArrowType): readonly Field[] {
  return 'children' in type ? type.children : [];
}
