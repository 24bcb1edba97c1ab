import tseslint from "typescript-eslint";

export default tseslint.config(...tseslint.configs.strictTypeChecked, {
  ignores: ["eslint.config.js"],
  languageOptions: { parserOptions: { project: "./tsconfig.json" } },
  rules: {
    // `using` acts at the end of its block, whether or not the name is used.
    "@typescript-eslint/no-unused-vars": ["error", { ignoreUsingDeclarations: true }],
    // A number or a union of texts in a template is what templates are for.
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
  },
});
