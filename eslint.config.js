import tseslint from "typescript-eslint";

export default tseslint.config(...tseslint.configs.strictTypeChecked, {
  ignores: ["eslint.config.js"],
  languageOptions: { parserOptions: { project: "./tsconfig.json" } },
  rules: {
    // A number or a union of texts in a template is what templates are for.
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
  },
});
