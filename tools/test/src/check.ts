import { program, type Step } from './step.ts';

/** What needs no server: types, lint with module boundaries, format, and that generated files are what they should be. */
export const checks: readonly Step[] = [
  program('types', 'tsc', '-p', '.'),
  // Without it the lint would pass module boundaries over in silence.
  program('project graph', 'nx', 'graph', '--file=.nx/graph.json'),
  program('lint', 'eslint', '--max-warnings', '0', '.'),
  program('format', 'prettier', '--check', '--log-level', 'warn', '.'),
  program('generated files', 'node', '--disable-warning=ExperimentalWarning', 'tools/generate/src/main.ts', '--check'),
];
