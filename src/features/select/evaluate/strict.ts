/** Functions of values that are there. */
import { isAbsent, type Value } from '../values/value.ts';

/** null as soon as an operand is null or missing. */
export function strict<R>(
  operands: readonly ((record: R) => Value)[],
  apply: (values: readonly Value[]) => Value,
): (record: R) => Value {
  return (record) => {
    const values: Value[] = [];
    for (const operand of operands) {
      const value = operand(record);
      if (isAbsent(value)) return null;
      values.push(value);
    }
    return apply(values);
  };
}
