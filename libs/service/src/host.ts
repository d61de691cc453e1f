import { callerOf, isPublic, type Host, type Introspection, type Operation } from '@keystone/api';
import { ask } from '@keystone/bus';
import { introspect } from '@keystone/contracts';
import { KeystoneError } from '@keystone/errors';
import type { Context } from '@keystone/module';
import { serverSpan, type Telemetry } from '@keystone/telemetry';

interface HostParts {
  service: string;
  context: Context;
  policy: Host['policy'];
  telemetry: Telemetry;
}

const nameOf = ({ policy, method, path }: Operation) => (isPublic(policy) ? `${method} ${path}` : policy);

/** What every operation of a process runs in: who asks, what policy says, what is logged and measured. */
export function hostOf({ service, context: { bus, config, log }, policy, telemetry }: HostParts): Host {
  return {
    service,
    policy,
    settings: () => config().DEFAULT,
    async authenticate(token) {
      const found = await ask(bus, introspect, { token });
      return found && callerOf(found as unknown as Introspection);
    },
    report(error, { operation, requestId, status }) {
      const fields = { operation, request_id: requestId, status };
      if (!(error instanceof KeystoneError)) log.error('unexpected error', { ...fields, error });
      else log[status >= 500 ? 'warn' : 'debug'](error.message, { ...fields, reason: error.detail.reason });
    },
    sent({ action, method, status, seconds }) {
      telemetry.httpAnswered({ operation: action, method, status, seconds });
    },
    async observe(operation, { headers, method }, run) {
      const began = performance.now();
      const name = nameOf(operation);
      const answer = await (telemetry.tracing ? serverSpan(name, headers, run) : run());
      telemetry.httpAnswered({
        operation: name,
        method,
        status: answer.status,
        seconds: (performance.now() - began) / 1000,
      });
      return answer;
    },
  };
}
