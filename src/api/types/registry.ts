/** Who somebody is to a registry (Engine API v1.50, "AuthConfig"); empty where it is not said. */
export interface AuthConfig {
  readonly username: string;
  readonly password: string;
  /** Instead of a password, from an earlier login. */
  readonly identitytoken: string;
  /** Host of the registry, with or without a scheme; empty: Docker Hub. */
  readonly serveraddress: string;
}

export interface AuthReply {
  readonly Status: string;
  /** Stands for the password from now on, where the registry gives one. */
  readonly IdentityToken: string;
}
