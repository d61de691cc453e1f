import { question } from '@keystone/bus';
import Type, { type Static } from 'typebox';

/** One service of a catalog, as a token shows it (catalog/backends/sql.py get_v3_catalog). */
export const CatalogEntry = Type.Object({
  id: Type.String(),
  type: Type.Union([Type.String(), Type.Null()]),
  name: Type.String(),
  endpoints: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});
export type CatalogEntry = Static<typeof CatalogEntry>;

/** The services that a user sees in a scope: URLs filled in, endpoints filtered by what the project is given. */
export const catalogFor = question(
  'catalog.for-scope',
  Type.Object({ user_id: Type.String(), project_id: Type.Union([Type.String(), Type.Null()]) }),
  Type.Array(CatalogEntry),
);
