import { Type, open } from '@keystone/api';

const maybe = Type.Optional;

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '[\\S]+' });
const DomainId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' });

const WORDS = 'True TRUE true False FALSE false  1 0 y Y n N on ON off OFF yes no'.split(' ');
const Flag = Type.Unsafe<string>({
  type: ['boolean', 'string', 'null'],
  enum: [true, ...WORDS.slice(0, 3), false, ...WORDS.slice(3)],
});

const paging = {
  marker: maybe(Type.String()),
  limit: maybe(Type.Unsafe<string>({ type: ['integer', 'string'] })),
  sort_key: maybe(Type.String()),
  sort_dir: maybe(Type.Unsafe<string>({ type: 'string', enum: ['asc', 'desc'] })),
};

/** What a list of users may be asked with (identity/schema.py, user_index_request_query). */
export const UserQuery = Type.Object(
  {
    domain_id: maybe(DomainId),
    enabled: maybe(Flag),
    idp_id: maybe(Type.String()),
    name: maybe(Name),
    password_expires_at: maybe(Type.String()),
    protocol_id: maybe(Type.String()),
    unique_id: maybe(Type.String()),
    ...paging,
  },
  open,
);

/** The same for groups (group_index_request_query). */
export const GroupQuery = Type.Object({ domain_id: maybe(DomainId), name: maybe(Name), ...paging }, open);
