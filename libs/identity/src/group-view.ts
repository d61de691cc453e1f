import { SelfLink, Type, nullable, open, type Request } from '@keystone/api';
import { withLink } from './link.ts';
import type { Group as StoredGroup } from './group.store.ts';

const fields = {
  description: nullable(Type.String()),
  domain_id: Type.String(),
  id: Type.String(),
  name: Type.String(),
  links: SelfLink,
};

/** A group as the API shows it (identity/schema.py, group_schema). */
export const Group = Type.Object(fields, open);

/** A group among those of a user, and until when he is in it. */
export const GroupOfUser = Type.Object({ ...fields, membership_expires_at: nullable(Type.String()) }, open);

export const linkedGroup = (group: StoredGroup, { url }: Pick<Request, 'url'>) =>
  withLink(group, url(`/v3/groups/${group.id}`));
