import { listed, methodsOf } from './modules.ts';
import routes from './python-routes.json' with { type: 'json' };

const ours = new Map(
  listed.flatMap(({ operation, service }) =>
    methodsOf(operation).map((method) => [`${method} ${operation.path}`, service] as const),
  ),
);

/** Which of Python Keystone's routes are answered here. */
export function coverage(): string {
  const all = routes.filter(({ method }) => method !== 'HEAD');
  const subsystems = [...new Set(all.map(({ subsystem }) => subsystem))].sort();
  const answered = (rows: typeof all) => rows.filter(({ method, path }) => ours.has(`${method} ${path}`)).length;
  const summary = subsystems.map((name) => {
    const rows = all.filter(({ subsystem }) => subsystem === name);
    return `| ${name} | ${answered(rows)} | ${rows.length} |`;
  });
  const rows = all.map(
    ({ method, path }) => `| ${method} | \`${path}\` | ${ours.get(`${method} ${path}`) ?? 'python'} |`,
  );
  return [
    '# Coverage',
    '',
    'Made by `npm run generate`. Every route of Python Keystone (HEAD, which comes with GET, left out) and who answers it',
    'behind Envoy.',
    '',
    `${answered(all)} of ${all.length} routes are answered here.`,
    '',
    '| subsystem | here | of |',
    '| --- | --- | --- |',
    ...summary,
    '',
    '| method | path | service |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
