import type { Database } from '@keystone/database';

/** A piece of a statement with the values for its `?`, in order. */
export interface Sql {
  text: string;
  values: readonly Value[];
}

type Value = string | number | null;

const isSql = (input: Sql | Value): input is Sql => typeof input === 'object' && input !== null;

/** sql`SELECT 1 FROM role WHERE id = ${id}`: a value becomes a `?`, another piece is put in as it is. */
export const sql = (parts: TemplateStringsArray, ...inputs: readonly (Sql | Value)[]): Sql => ({
  text: parts.reduce((text, part, at) => {
    const input = inputs[at - 1] ?? null;
    return `${text}${isSql(input) ? input.text : '?'}${part}`;
  }),
  values: inputs.flatMap((input) => (isSql(input) ? input.values : [input])),
});

export const join = (pieces: readonly Sql[], separator: string): Sql => ({
  text: pieces.map(({ text }) => text).join(separator),
  values: pieces.flatMap(({ values }) => values),
});

/** For `x IN ${list(ids)}`. Nothing is in an empty list. */
export const list = (values: readonly string[]): Sql => ({
  text: values.length === 0 ? '(NULL)' : `(${values.map(() => '?').join(', ')})`,
  values,
});

/** @returns rows as the driver gives them: flags are 0 and 1 on both engines */
export const query = <Row>({ manager }: Pick<Database, 'manager'>, { text, values }: Sql): Promise<Row[]> =>
  manager.query<Row[]>(text, [...values]);
