import { operations, reply, type Request } from '@keystone/api';
import home from './json-home.json' with { type: 'json' };

const operation = operations<unknown>();
const PUBLIC = { why: 'version discovery comes before login' };

const version = ({ url }: Pick<Request, 'url'>) => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${url('/')}/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

/** How much a client wants a media type, 0 to 1; a range that names it outright counts before a wildcard. */
function wanted(accept: string, type: string): number {
  const [family] = type.split('/');
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { name: name.toLowerCase(), q: q === undefined ? 1 : Number(q) || 0 };
  });
  const held = [type, `${family}/*`, '*/*'].map((name) => ranges.find((range) => range.name === name));
  return held.find((range) => range !== undefined)?.q ?? 0;
}

const wantsHome = ({ headers }: Pick<Request, 'headers'>) => {
  const accept = String(headers.accept ?? '*/*');
  return wanted(accept, 'application/json-home') > wanted(accept, 'application/json');
};

interface Resource {
  href?: string;
  'href-template'?: string;
}

/** The document of `/` names paths from the root, that of `/v3` from itself (common/json_home.py translate_urls). */
const fromRoot = () => ({
  resources: Object.fromEntries(
    Object.entries(home.resources as Record<string, Resource>).map(([relation, resource]) => [
      relation,
      {
        ...resource,
        ...(resource.href !== undefined && { href: `/v3${resource.href}` }),
        ...(resource['href-template'] !== undefined && { 'href-template': `/v3${resource['href-template']}` }),
      },
    ]),
  ),
});

const JSON_HOME = { 'content-type': 'application/json-home' };

export const versionOperations = [
  operation({
    method: 'GET',
    path: '/',
    policy: PUBLIC,
    run: async (request) =>
      wantsHome(request)
        ? reply(fromRoot(), JSON_HOME)
        : reply({ versions: { values: [version(request)] } }, { location: `${request.url('/')}/` }, 300),
  }),
  operation({
    method: 'GET',
    path: '/v3',
    policy: PUBLIC,
    run: async (request) => (wantsHome(request) ? reply(home, JSON_HOME) : { version: version(request) }),
  }),
];
