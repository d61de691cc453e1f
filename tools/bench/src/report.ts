import type { Measured } from './measure.ts';

const round = (value: number, digits = 0) => value.toFixed(digits);

/** Markdown; ratios are of CPU per request, against the first row. */
export function table(title: string, rows: readonly Measured[]): string {
  const first = rows[0]?.cpuMicroseconds ?? Number.NaN;
  return [
    `### ${title}`,
    '',
    '| | CPU µs/request | ratio | database µs | requests/s | p50 ms | p99 ms | MiB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => {
      const ratio = row.cpuMicroseconds / first;
      const figures = [
        round(row.cpuMicroseconds),
        `${round(ratio, ratio < 10 ? 2 : 0)} ×`,
        round(row.databaseMicroseconds),
        round(row.requestsPerSecond),
        round(row.p50, 1),
        round(row.p99, 1),
        round(row.residentMiB),
      ];
      return `| ${[row.name, ...figures].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
