/** The version of wharf, client and engine alike; package.json says the same. */
export const productVersion = "0.1.0";
