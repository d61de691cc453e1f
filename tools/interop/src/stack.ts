import { defaultFolder, startStack, type Stack } from '@keystone/stack-tool';

/** The stack that all these tests share; it stays up between their files, and whoever runs them all takes it down. */
export const INTEROP_BASE = Number(process.env['KTS_INTEROP_BASE'] ?? 16_000);

export const interopStack = (): Promise<Stack> =>
  startStack({ base: INTEROP_BASE, dir: defaultFolder(INTEROP_BASE), atExit: 'keep' });
