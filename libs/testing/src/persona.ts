import { callerOf, type Caller, type TokenBody } from '@keystone/api';

const SCOPES = ['system', 'domain', 'project'] as const;
const ROLES = ['admin', 'manager', 'member', 'reader', 'none'] as const;

/** Somebody in general: what a token is scoped to, and the strongest role it gives there. */
export type Persona = `${(typeof SCOPES)[number]}-${(typeof ROLES)[number]}`;

export const personas: readonly Persona[] = SCOPES.flatMap((scope) => ROLES.map((role): Persona => `${scope}-${role}`));

/** Ids of the user and of what his token is scoped to, and of the domain that holds them. */
export interface Place {
  userId: string;
  domainId: string;
  projectId: string;
}

/** A token's roles with those they imply, as bootstrap lays the implications down. */
const held = (role: string) => {
  const implied = ROLES.slice(ROLES.indexOf(role as 'admin')).filter((name) => name !== 'none');
  return implied.map((name) => ({ id: `role-${name}`, name }));
};

function scopeOf(scope: string, { domainId, projectId }: Place): Partial<TokenBody> {
  const domain = { id: domainId, name: domainId };
  if (scope === 'system') return { system: { all: true } };
  return scope === 'domain' ? { domain } : { project: { id: projectId, name: projectId, domain } };
}

/**
 * The caller that a persona is. The user is named like the persona; the domain and the project are called `default` and
 * `project` unless a place says otherwise.
 */
export function callerAs(persona: Persona, place: Partial<Place> = {}): Caller {
  const [scope = '', role = ''] = persona.split('-');
  const { userId, domainId, projectId }: Place = {
    userId: persona,
    domainId: 'default',
    projectId: 'project',
    ...place,
  };
  const token: TokenBody = {
    methods: ['password'],
    user: { id: userId, name: persona, domain: { id: domainId, name: domainId }, password_expires_at: null },
    audit_ids: ['3T2dc1CGQxyJsHdDu1xkcw'],
    expires_at: '2100-01-01T00:00:00.000000Z',
    issued_at: '2026-01-01T00:00:00.000000Z',
    ...scopeOf(scope, { userId, domainId, projectId }),
    roles: held(role),
  };
  return callerOf({ token, group_ids: [] });
}
