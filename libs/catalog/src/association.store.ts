import { column, key, nullable } from '@keystone/database';
import { EntitySchema, type EntityManager, type FindOptionsWhere } from 'typeorm';

interface PolicyAssociation {
  id: string;
  policy_id: string;
  endpoint_id: string | null;
  service_id: string | null;
  region_id: string | null;
}

/** Which policy holds for an endpoint, a service, or a service in a region. */
export const PolicyAssociationTable = new EntitySchema<PolicyAssociation>({
  name: 'policy_association',
  columns: {
    id: key(column.text),
    policy_id: column.text,
    endpoint_id: nullable(column.text),
    service_id: nullable(column.text),
    region_id: nullable(column.text),
  },
});

/** The endpoints that a project is given one by one. */
export const ProjectEndpointTable = new EntitySchema<{ endpoint_id: string; project_id: string }>({
  name: 'project_endpoint',
  columns: { endpoint_id: key(column.text), project_id: key(column.text) },
});

/** The endpoints that are given together: those that all the filters fit. */
export const EndpointGroupTable = new EntitySchema<{
  id: string;
  name: string;
  description: string | null;
  filters: Record<string, unknown>;
}>({
  name: 'endpoint_group',
  columns: {
    id: key(column.text),
    name: column.text,
    description: nullable(column.text),
    filters: column.json as typeof column.json & { type: 'text' },
  },
});

export const ProjectEndpointGroupTable = new EntitySchema<{ endpoint_group_id: string; project_id: string }>({
  name: 'project_endpoint_group',
  columns: { endpoint_group_id: key(column.text), project_id: key(column.text) },
});

/** No key ties these rows to what they speak of, so whoever deletes that deletes them (endpoint_policy/core.py). */
export async function forgetPolicies(tx: EntityManager, of: FindOptionsWhere<PolicyAssociation>): Promise<void> {
  await tx.delete(PolicyAssociationTable, of);
}
