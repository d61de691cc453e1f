export { memoryIs, startChangeFeed, type RunningFeed } from './change-feed.ts';
export { exportsOf, type StackUrls } from './address-book.ts';
export type { Stack } from './control.ts';
export {
  findProgram,
  installOpenstackClient,
  installPython,
  installServers,
  type PythonKeystone,
  type ServerProgram,
} from './install.ts';
export type { Row } from './mariadb.ts';
export { PARTS, SERVICES, type PartName, type ServiceName } from './part-names.ts';
export { freeBase, isFree, portsFrom, type Ports } from './ports.ts';
export { defaultFolder, startStack, type StackOptions } from './stack.ts';
export { testServers, type TestServers } from './test-servers.ts';
