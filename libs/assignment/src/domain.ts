import { collection, Id, linked, listOf, member, open, operations, SelfLink, Type } from '@keystone/api';
import { notFound } from '@keystone/errors';
import type { AssignmentDeps } from './deps.ts';
import { admits } from './filter.ts';
import { pageOf } from './page.ts';
import type { Project } from './project.store.ts';
import { Flag, Limit, Name64, Options, Text } from './query.ts';

const operation = operations<AssignmentDeps>();

const DomainBody = Type.Object(
  {
    id: Id,
    name: Type.String(),
    description: Text,
    enabled: Type.Boolean(),
    tags: Type.Array(Type.String()),
    options: Options,
    links: SelfLink,
  },
  open,
);

const ListQuery = Type.Object(
  {
    enabled: Type.Optional(Flag),
    name: Type.Optional(Name64),
    marker: Type.Optional(Type.String()),
    limit: Type.Optional(Limit),
  },
  open,
);

/** A domain as it is shown: the project that it is, without what only projects have (resource/core.py). */
export const domainOf = ({ parent_id: _, domain_id: __, is_domain: ___, ...domain }: Project) => domain;

const DOMAINS = { name: 'is_domain', comparator: 'equals', caseSensitive: true, value: '1' } as const;

export const domainOperations = [
  operation({
    method: 'GET',
    path: '/v3/domains',
    policy: 'identity:list_domains',
    filters: ['name', 'enabled'],
    query: ListQuery,
    reply: listOf('domains', DomainBody),
    target: async ({ caller }) => (caller?.token.domain ? { domain: { id: caller.token.domain.id } } : {}),
    run: async (request, { projects, config }) => {
      const page = pageOf(request, config(), 'resource');
      const { projects: found, rest, truncated } = await projects.list([...request.filters, DOMAINS], page);
      const own = request.caller?.token.domain?.id;
      const shown = found.filter((domain) => admits(rest)(domain) && (!own || domain.id === own));
      const members = shown.map((domain) => linked(request, 'domains', domainOf(domain)));
      return collection(request, 'domains', members, { ...page, limit: page.limit || undefined, truncated });
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/domains/{domain_id}',
    policy: 'identity:get_domain',
    reply: member('domain', DomainBody),
    target: async ({ params }, { projects }) => {
      const domain = await projects.findDomain(params.domain_id);
      return domain ? { domain: domainOf(domain) } : {};
    },
    run: async (request, { projects }) => {
      const { domain_id } = request.params;
      const domain = (await projects.findDomain(domain_id)) ?? notFound('domain', domain_id);
      return { domain: linked(request, 'domains', domainOf(domain)) };
    },
  }),
];
