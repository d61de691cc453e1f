export { whoMay } from './access.ts';
export { testApi, type TestApi, type TestApiOptions } from './api.ts';
export { type Answer, type Client, type Sent } from './client.ts';
export { callerAs, personas, type Persona, type Place } from './persona.ts';
export { testConfig, type Settings } from './settings.ts';
