import { useOneSdk } from '../plugin-host/child/one-sdk.js';

// what a plugin's tests import, beside what the plugin itself does
useOneSdk({ 'firebreak/contract': new URL('../testing/contract.js', import.meta.url).href });
