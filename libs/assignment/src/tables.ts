import { AssignmentTable, SystemAssignmentTable } from './effective.store.ts';
import { ProjectOptionTable, ProjectTable, ProjectTagTable } from './project.store.ts';
import { ImpliedRoleTable, RoleOptionTable, RoleTable } from './role.store.ts';
import { TrustRoleTable, TrustTable } from './trust.store.ts';

/** Tables that only this subsystem writes. */
export const assignmentTables = [
  ProjectTable,
  ProjectOptionTable,
  ProjectTagTable,
  RoleTable,
  RoleOptionTable,
  ImpliedRoleTable,
  AssignmentTable,
  SystemAssignmentTable,
  TrustTable,
  TrustRoleTable,
] as const;
