/** Our four services, each a process of its own. */
export const SERVICES = ['token', 'identity', 'assignment', 'catalog'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Everything a stack can run, in the order in which it is started; it is stopped in the reverse. */
export const PARTS = ['mariadb', 'nats', 'memcached', 'python', ...SERVICES, 'envoy'] as const;
export type PartName = (typeof PARTS)[number];

export function isService(name: PartName): name is ServiceName {
  return (SERVICES as readonly PartName[]).includes(name);
}

/** The names in a comma-separated list, `none` being the empty one; throws on a name outside `known`. */
export function namesIn<Name extends string>(text: string, known: readonly Name[]): Name[] {
  if (text === 'none') return [];
  return text.split(',').map((word) => {
    const name = known.find((each) => each === word.trim());
    if (name === undefined) throw new Error(`"${word}" is none of ${known.join(', ')}`);
    return name;
  });
}

/** The parts asked for and those they cannot do without, in starting order. */
export function withNeeds(asked: readonly PartName[], cache: boolean): PartName[] {
  const wanted = new Set(asked);
  const ours = asked.some(isService);
  if (ours || wanted.has('python')) wanted.add('mariadb');
  if (ours) wanted.add('nats');
  if (cache && wanted.has('python')) wanted.add('memcached');
  return PARTS.filter((name) => wanted.has(name));
}
