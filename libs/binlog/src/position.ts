/** A place in one server's binlog: before the event that begins there. */
export interface Position {
  file: string;
  offset: number;
}

const sequence = ({ file }: Position): number => Number(/\d+$/.exec(file)?.[0] ?? Number.NaN);

/** Whether the first lies at the second or behind it. False for files of which no order is known. */
export const hasReached = (at: Position, wanted: Position): boolean =>
  at.file === wanted.file ? at.offset >= wanted.offset : sequence(at) > sequence(wanted);

export const printPosition = ({ file, offset }: Position): string => `${file}:${offset}`;
