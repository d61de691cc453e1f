import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import ts from 'typescript-eslint';

/** Who may import express, typeorm, nats: one kit each. @see docs/decisions */
const only = (...packages) => ({
  'no-restricted-imports': [
    'error',
    { paths: packages.map((name) => ({ name, message: 'Belongs to one library: see CONTRIBUTING.md.' })) },
  ],
});

export default ts.config(
  { ignores: ['**/node_modules/', '.nx/', '.stack/', '.data/', 'dist/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  prettier,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-depth': ['error', 3],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          banTransitiveDependencies: false,
          depConstraints: [
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: ['type:service', 'type:domain', 'type:composition', 'type:kit', 'type:pure'],
            },
            {
              sourceTag: 'type:composition',
              onlyDependOnLibsWithTags: [
                'type:domain',
                'type:service',
                'type:module',
                'type:kit',
                'type:pure',
                'type:contract',
              ],
            },
            {
              sourceTag: 'type:service',
              onlyDependOnLibsWithTags: ['type:module', 'type:kit', 'type:pure', 'type:contract'],
            },
            { sourceTag: 'type:module', onlyDependOnLibsWithTags: ['type:kit', 'type:pure', 'type:contract'] },
            {
              sourceTag: 'type:domain',
              onlyDependOnLibsWithTags: ['type:module', 'type:kit', 'type:pure', 'type:contract', 'type:testing'],
            },
            { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:pure', 'scope:bus'] },
            { sourceTag: 'type:kit', onlyDependOnLibsWithTags: ['type:pure'] },
            { sourceTag: 'type:pure', onlyDependOnLibsWithTags: ['type:pure'] },
            {
              sourceTag: 'type:testing',
              onlyDependOnLibsWithTags: ['type:service', 'type:module', 'type:kit', 'type:pure', 'type:contract'],
            },
            { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
    },
  },
  { files: ['libs/**/*.ts'], ignores: ['libs/api/**'], rules: only('express') },
  { files: ['libs/**/*.ts'], ignores: ['libs/bus/**', 'libs/api/**'], rules: only('express', 'nats') },
  {
    files: ['libs/**/*.ts'],
    ignores: ['libs/bus/**', 'libs/api/**', 'libs/database/**', '**/*.store.ts'],
    rules: only('express', 'nats', 'typeorm', 'mysql2'),
  },
);
