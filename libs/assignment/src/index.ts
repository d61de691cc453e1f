import { answer } from '@keystone/bus';
import { domainsOf, projectsOf, resolve, rolesOn, systemOf, trustOn } from '@keystone/contracts';
import { module } from '@keystone/module';
import { assignmentDeps, type AssignmentDeps } from './deps.ts';
import { domainOf, domainOperations } from './domain.ts';
import { projectOperations } from './project.ts';
import { roleOperations } from './role.ts';
import { roleAssignmentOperations } from './role-assignment.ts';
import { assignmentTables } from './tables.ts';
import { trustOnProject } from './trust.ts';

export { bootstrapAssignment, bootstrapGrants, type AssignmentBootstrap } from './bootstrap.store.ts';

/** Domains, projects, roles, and who holds which of them where. */
export const assignment = module<AssignmentDeps>({
  name: 'assignment',
  tables: assignmentTables,
  operations: [...projectOperations, ...domainOperations, ...roleOperations, ...roleAssignmentOperations],
  deps: assignmentDeps,
  listen(bus, deps) {
    answer(bus, resolve, deps.resolve);
    answer(bus, rolesOn, deps.effective.rolesOn);
    answer(bus, projectsOf, deps.effective.projectsOf);
    answer(bus, domainsOf, async (holder) => (await deps.effective.domainsOf(holder)).map(domainOf));
    answer(bus, systemOf, deps.effective.systemOf);
    answer(bus, trustOn, (asked) => trustOnProject(asked, deps));
  },
});
