import type { EntityManager } from '@keystone/database';

export type Value = string | number | null;

/** A piece of a statement and the values for its `?`, in order. */
export interface Sql {
  text: string;
  values: readonly Value[];
}

const isSql = (input: Sql | Value | undefined): input is Sql => typeof input === 'object' && input !== null;

/** sql`id = ${id} AND ${condition}`: a value becomes a `?`, another piece stands where it is put. */
export function sql(parts: TemplateStringsArray, ...inputs: readonly (Sql | Value)[]): Sql {
  const text = parts.map((part, at) => {
    const input = inputs[at];
    return at === inputs.length ? part : part + (isSql(input) ? input.text : '?');
  });
  return { text: text.join(''), values: inputs.flatMap((input) => (isSql(input) ? input.values : [input])) };
}

/** All of the conditions; true where there is none. */
export const every = (conditions: readonly Sql[]): Sql => ({
  text: conditions.length === 0 ? '1 = 1' : conditions.map(({ text }) => `(${text})`).join(' AND '),
  values: conditions.flatMap(({ values }) => values),
});

/** For `id IN ${oneOf(ids)}`; nothing is in an empty one. */
export const oneOf = (values: readonly Value[]): Sql => ({
  text: values.length === 0 ? '(NULL)' : `(${values.map(() => '?').join(', ')})`,
  values,
});

/** @returns rows as both engines' drivers give them: flags are 0 and 1, times and dates texts */
export const select = <Row>(manager: EntityManager, { text, values }: Sql): Promise<Row[]> =>
  manager.query<Row[]>(text, [...values]);

export const execute = async (manager: EntityManager, { text, values }: Sql): Promise<void> => {
  await manager.query(text, [...values]);
};
