import type { Binding, BindingStore } from 'nestjs-pomelo';
import { closeAfterTest } from '../../support/pomelo-app.js';
import type { ContractEngine } from './contract-engine.js';

/** A store that is closed after the test. */
export async function openStore(engine: ContractEngine, namespace = 'contract'): Promise<BindingStore> {
  const store = closeAfterTest(engine.driver().createBindings());
  await store.open(namespace);
  return store;
}

/** A binding to a session of a frontend. */
export function bindingAt(frontendId: string, sessionId = '1'): Binding {
  return { frontendId, inc: `${frontendId}-inc`, sessionId };
}
