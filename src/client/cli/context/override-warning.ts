/** @param wanted what the user may have meant to use: a context's quoted name, or "a context" */
export function overrideWarning(variable: string, wanted: string): string {
  return `Warning: ${variable} environment variable overrides the active context. To use ${wanted}, either set the global --context flag, or unset ${variable} environment variable.\n`;
}
