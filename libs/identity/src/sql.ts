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

// SQLite takes some 32,000 values in a statement, and nobody gains by more of them at once.
const AT_ONCE = 1000;

/** Asks about many ids in as few statements as there can be. */
export async function inBatches<Row>(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const found: Row[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) found.push(...(await ask(ids.slice(at, at + AT_ONCE))));
  return found;
}
