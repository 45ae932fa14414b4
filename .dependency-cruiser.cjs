// Who may import whom: docs/architecture.md says why. Spec files may import anything,
// and so may *.conformance.ts, which hold the tests that several twins share.
const spec = '[.](spec|conformance)[.]ts$';
const code = (folder) => ({ path: `^src/${folder}/`, pathNot: spec });
const npmPackage = 'node_modules/';
const builtIn = { dependencyTypesNot: ['core'] };

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing, or lack a third one below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'must-exist',
      comment: 'What is imported must be there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-is-pure',
      comment: 'src/core imports itself, re2js and @noble/hashes: no I/O, no clock, no Nest, not even node:*.',
      severity: 'error',
      from: code('core'),
      to: { pathNot: ['^src/core/', `${npmPackage}(re2js|@noble/hashes)/`] },
    },
    {
      name: 'plugins-know-only-the-sdk',
      comment: 'A plugin imports src/plugin-sdk, its own folder, the shared clients in plugins/clients and packages.',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/', pathNot: spec },
      to: { pathNot: ['^src/plugin-sdk/', '^plugins/$1/', '^plugins/clients/', npmPackage], ...builtIn },
    },
    {
      name: 'the-sdk-stands-on-core',
      comment: 'src/plugin-sdk is what plugin authors import: of the project it imports only src/core.',
      severity: 'error',
      from: code('plugin-sdk'),
      to: { path: '^(src|plugins|test)/', pathNot: '^src/(core|plugin-sdk)/' },
    },
    {
      name: 'the-host-stands-on-core-and-sdk',
      comment: 'Of the project src/plugin-host imports only src/core and src/plugin-sdk.',
      severity: 'error',
      from: code('plugin-host'),
      to: { path: '^(src|plugins|test)/', pathNot: '^src/(core|plugin-sdk|plugin-host)/' },
    },
    {
      name: 'the-engine-stands-on-core-and-host',
      comment: 'Of the project src/engine imports only src/core, src/plugin-host and the types of src/plugin-sdk.',
      severity: 'error',
      from: code('engine'),
      to: { path: '^(src|plugins|test)/', pathNot: '^src/(core|plugin-sdk|plugin-host|engine)/' },
    },
    {
      name: 'the-watch-only-looks',
      comment:
        'src/watch asks probes all the time: it reaches neither the engine nor the store, so that it can change nothing.',
      severity: 'error',
      from: code('watch'),
      to: { path: '^(src|plugins|test)/', pathNot: '^src/(core|catalog|config|plugin-host|telemetry|watch)/' },
    },
    {
      name: 'nobody-imports-the-app-module',
      comment: 'src/app.module.ts is where the parts meet: only src/start, src/cli and tests start from it.',
      severity: 'error',
      from: { pathNot: ['^src/start/', '^src/cli/', '^test/', spec] },
      to: { path: '^src/app[.]module[.]ts$' },
    },
    {
      name: 'the-product-does-not-know-its-tests',
      comment: 'src and plugins never import test/, and only specs and src/testing itself import src/testing.',
      severity: 'error',
      from: { path: '^(src|plugins)/', pathNot: [spec, '^src/testing/'] },
      to: { path: `^(test|src/testing)/|${spec}` },
    },
    {
      name: 'no-development-packages',
      comment: 'What the product imports at run time stands under "dependencies" in package.json.',
      severity: 'error',
      from: { path: '^(src|plugins)/', pathNot: [spec, '^src/testing/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
